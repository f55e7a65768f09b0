# The detached shell of one attempt, a text of its own: D USER UMASK [WAITER]. It has the caller's stderr as file 9.

# Sets _born and _sid of this shell.
self() {
  if read -r _line </proc/$$/stat; then
    set -- ${_line##*) }
    _sid=$4
    shift 19
    _born=$1
  else
    _sid=$$
    _born=$(ps -o lstart= -p $$ | tr -dc 0-9A-Za-z)
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
  COCKPIT_CAPTURE=$_d.capture
  export COCKPIT_CAPTURE
  case $_program in *\\*) _program=$(printf %b "$_program") ;; esac
  eval "$_program"
  if [ "$3" ]; then cd -- "$3" 2>/dev/null || { echo "cockpit: cannot enter $3"; exit 1; }; fi
  # Under sshd bash would run the bashrc files, which -u breaks.
  if [ "$1" = bash ]; then exec bash --norc -uc "$2" bash; fi
  exec sh -uc "$2" sh
}

# Room for the status is taken before anything runs, so that a full disk cannot hold it back.
enter() { self; printf '%s %s %s .\n' "$$" "$_born" "$_sid" >"$_d.pid" && printf '%79s\n' '' >"$_d.status"; } 2>/dev/null

# The shell that waits for the command and writes how it ended.
supervise() {
  trap : TERM INT HUP
  clock
  _begun=$_now
  (trap - TERM INT HUP; stage) 2>&1
  _code=$?
  clock
  [ -z "$_user" ] || sudo -n -H -u "$_user" -- sh -c 'cat "$0/capture"; rm -rf "$0"' "/tmp/cockpit-$_spot" >"$_d.capture" 2>/dev/null
  printf '%s %s %s .' "$_code" "$_begun" "$_now" 1<>"$_d.status"
  printf %s "$_mark"
} 2>/dev/null

# Output goes through a pipe: `>/dev/stderr` on a file would truncate it, and a full disk must stop the record, not the command.
collect() {
  trap '' TERM INT HUP
  cat || cat >/dev/null
} >&8 2>/dev/null

# How far the output was written, as file 8 of this shell knows; followers look there too.
flushed() {
  _size=
  read -r _key _size </proc/$$/fdinfo/8
  echo "$_size" >"$_d.flushed" || command : >"$_d.flushed"
} 2>/dev/null

_d=$1 _user=$2 _um=$3
[ -z "${4-}" ] || kill -9 "$4"
trap : TERM INT HUP
umask 077
read -r _mark _spot _token
IFS= read -r _program
exec 8>>"$_d.out"
if enter; then
  supervise </dev/null 8>&- 9>&- | collect 9>&-
  flushed
else
  echo full >"$_d.none"
fi 2>/dev/null
printf '%s woke\n' "$_token" >&9
