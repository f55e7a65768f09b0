# One call after another, each a line TOKEN VERB ARGUMENTS, in a subshell so that none leaves anything to the next.
while read -r _token _verb _rest; do
  [ "$_verb" ] || continue
  (
    set -- $_rest
    "$_verb" "$@"
  )
  _code=$?
  say over
  printf '%s.\n' "$_token"
  [ "$_code" != 9 ] || break
done
