_token=$1 _verb=$2
shift 2
"$_verb" "$@"
