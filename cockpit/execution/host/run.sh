# One call after another, each a line TOKEN VERB ARGUMENTS.
while read -r _token _verb _rest; do
  [ "$_verb" ] || continue
  set -- $_rest
  "$_verb" "$@"
  _last=$?
  exec 3<&-
  say over
  printf '%s.\n' "$_token"
  [ "$_last" != 9 ] || break
done
