# Claiming an attempt and detaching its command.

# The last steps as another user. Only the detached shell evaluates the values, in memory; the positional parameters keep the
# shell, the script and the folder, because an exported value may have any name.
_stage='
IFS= read -r _t
IFS= read -r _p
_t=/tmp/cockpit-$_t
_um=$(umask)
umask 077
mkdir "$_t" && : >"$_t/capture" && read -r _l </proc/self/stat && echo "$_l" >"$_t/pid" || exit 1
umask "$_um"
COCKPIT_CAPTURE=$_t/capture
export COCKPIT_CAPTURE
eval "$(printf %b "$_p")"
if [ "$3" ]; then cd -- "$3" 2>/dev/null || { echo "cockpit: cannot enter $3"; exit 1; }; else cd 2>/dev/null || cd /; fi
if [ "$1" = bash ]; then exec bash --norc -uc "$2" bash </dev/null; fi
exec sh -uc "$2" sh </dev/null'

stage() {
  if [ "$_user" ]; then
    printf '%s\n%s\n' "$_spot" "$_program" | sudo -n -H -u "$_user" -- sh -c "$_stage"
    return
  fi
  umask "$_um"
  COCKPIT_CAPTURE=$_d/capture
  export COCKPIT_CAPTURE
  eval "$(printf %b "$_program")"
  if [ "$3" ]; then cd -- "$3" 2>/dev/null || { echo "cockpit: cannot enter $3"; exit 1; }; fi
  # Under sshd bash would run the bashrc files, which -u breaks.
  if [ "$1" = bash ]; then exec bash --norc -uc "$2" bash; fi
  exec sh -uc "$2" sh
}

# The shell that waits for the command and writes how it ended. Room for the status is taken before anything runs, so that a
# full disk cannot hold it back.
supervise() {
  trap : TERM INT HUP
  self
  umask 077
  printf '%s %s %s .\n' "$_pid" "$_born" "$_sid" >"$_d/pid" && printf '%79s\n' '' >"$_d/status" ||
    { echo full >"$_d/none"; return; }
  clock
  _begun=$_now
  (trap - TERM INT HUP; stage) 2>&1
  _code=$?
  clock
  [ -z "$_user" ] || sudo -n -H -u "$_user" -- sh -c 'cat "$0/capture"; rm -rf "$0"' "/tmp/cockpit-$_spot" >"$_d/capture" 2>/dev/null
  printf '%s %s %s .' "$_code" "$_begun" "$_now" 1<>"$_d/status"
  printf %s "$_mark"
} 2>/dev/null

# Output goes through a pipe: `>/dev/stderr` on a file would truncate it, and a full disk must stop the record, not the command.
collect() {
  trap '' TERM INT HUP
  cat >>"$_d/out" || cat >/dev/null
  : >"$_d/flushed"
} 2>/dev/null

attend() { # D USER UMASK [WAITER]
  _d=$1 _user=$2 _um=$3
  [ -z "${4-}" ] || kill -9 "$4"
  trap : TERM INT HUP
  read -r _mark _spot
  IFS= read -r _program
  supervise </dev/null | collect
}

# Detaches `attend` in a session of its own. A list ended by & would make the command ignore SIGINT for good; so where setsid
# cannot fork (-f), the child kills the shell that waits for it.
launch() {
  set -- sh -c '_w=$1; shift; eval "$_w"' cockpit "$_w" - attend "$_d" "$_user" "$_um"
  case $_how in
    fork) set -- setsid -f "$@" ;;
    plain) set -- sh -c '"$@" $$; :' cockpit setsid "$@" ;;
    *) set -- sh -c '"$@" $$; :' cockpit "$@" ;;
  esac
  printf '%s\n%s\n' "$_mark $_spot" "$_program" | "$@" >/dev/null 2>&1
}

start() { # NONCE BOOT MARKER ID USER OFFSET
  read -r _mark _spot
  IFS= read -r _program
  IFS= read -r _ending
  [ "$_ending" = "end $4" ] || { say cut; return; }
  known "$1" "$2" "$3" || return
  _id=$4 _user=$5 _d=$_rel/$4
  umask 077
  if claim started; then
    if _e=$(mkdir "$_d" 2>&1) && { : >"$_d/out" && printf '%s %s .\n' "$_spot" "$_user" >"$_d/how"; } 2>/dev/null; then
      launch
      say started
    else
      rm -rf "$_d" "$_rel/claims/$_id"
      say error "cannot write $_d: ${_e:-is the disk full?}"
      return
    fi
  elif [ "$_claim" ]; then
    say known
  else
    say error "cannot write $_rel/claims: is the disk full?"
    return
  fi
  attach "$6"
}
