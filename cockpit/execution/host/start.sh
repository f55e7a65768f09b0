# Claiming an attempt and detaching its command.

# Detaches the text of `attend.sh` in a session of its own. A list ended by & would make the command ignore SIGINT for good; so
# where setsid cannot fork (-f), the child kills the shell that waits for it. Without -f it ends in 1 and has started nothing.
launch() {
  set -- sh -c "$_attend" cockpit "$_d" "$_user" "$_um"
  case $_how in
    fork)
      detach setsid -f "$@"
      [ $? = 1 ] || return
      detach sh -c '"$@" $$; :' cockpit setsid "$@"
      ;;
    *) detach sh -c '"$@" $$; :' cockpit "$@" ;;
  esac
}

detach() {
  if [ "$_nudged" ]; then exec 9>&2; else exec 9>/dev/null; fi
  printf '%s\n' "$_mark $_spot $_token" "$_program" | "$@" >/dev/null 2>&1
}

prepare() { command : >"$_d.out" && { [ -z "$_user" ] || echo "$_spot" "$_user" >"$_d.user"; } } 2>/dev/null

start() { # NONCE BOOT MARKER ID USER OFFSET [NUDGED]
  read -r _mark _spot
  IFS= read -r _program
  IFS= read -r _ending
  [ "$_ending" = "end $4" ] || { say cut; return; }
  known "$1" "$2" "$3" || return
  _id=$4 _user=${5#-} _d=$_rel/$4 _nudged=${7-}
  umask 077
  if claim started; then
    if prepare; then
      launch
      exec 9>&-
      say started
      # The caller nudges when the attempt says that it is over, or after a moment: waiting for that costs nothing.
      [ -z "$_nudged" ] || read -r _line
    else
      rm -f "$_d.out" "$_d.user" "$_rel/claims/$_id"
      say error "cannot write $_d.out: is the disk full?"
      return
    fi
  elif [ "$_claim" ]; then
    say known
  else
    say error "cannot write $_rel/claims: is the disk full?"
    return
  fi
  attach "$6"
  # What shares the session with others could not be stopped alone.
  [ "$_how" = fork ] || return 9
}
