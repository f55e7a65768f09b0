# The detached shell of one attempt, a text of its own: D USER UMASK [WAITER]. It has the caller's stderr as file 9.

# Sets _pid, _born and _sid of the process that reads it: a subshell learns its own id from /proc only.
self() {
  if read -r _line </proc/self/stat; then
    _pid=${_line%% *}
    set -- ${_line##*) }
    _sid=$4
    shift 19
    _born=$1
  else
    _pid=$(exec sh -c 'echo $PPID') _sid=$$
    _born=$(ps -o lstart= -p "$_pid" | tr -dc 0-9A-Za-z)
  fi
} 2>/dev/null

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
# A follower reads in /proc how far this process has written.
collect() {
  trap '' TERM INT HUP
  self
  printf '%s .\n' "$_pid" >"$_d/flow"
  cat || cat >/dev/null
  _size=
  read -r _key _size </proc/self/fdinfo/1
  echo "$_size" >"$_d/flushed" || : >"$_d/flushed"
} >>"$_d/out" 2>/dev/null

_d=$1 _user=$2 _um=$3
[ -z "${4-}" ] || kill -9 "$4"
trap : TERM INT HUP
umask 077
read -r _mark _spot _token
IFS= read -r _program
supervise </dev/null 9>&- | collect 9>&-
printf '%s woke\n' "$_token" >&9
