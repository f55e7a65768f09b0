# Common to every verb: the host's side, in POSIX sh for dash, busybox ash and bash. Control lines go to stderr behind the
# token of the call.
# ~/.cockpit/releases/NONCE/ has `claims/ID`, which says that ID was started once and for ever, and of each attempt `ID.out` (all
# output, then the end mark), pid, status, flushed, capture. Names begin with _ so that no variable of the login is overwritten.

say() { printf '%s %s\n' "$_token" "$*" >&2; }
nap() { sleep "$1" 2>/dev/null || sleep 1; }

boot_id() {
  read -r _boot </proc/sys/kernel/random/boot_id || _boot=$(sysctl -n kern.boottime | tr -dc 0-9)
  [ "$_boot" ] || _boot=none
} 2>/dev/null

place() {
  case ${HOME-} in /*) ;; *) say error "this login has no home folder"; exit 0 ;; esac
  _root=$HOME/.cockpit _rel=$HOME/.cockpit/releases/$1
}

# Is $1 the process that was born at $2, and not a zombie?
alive() {
  if [ -r /proc/self/stat ]; then
    read -r _line <"/proc/$1/stat" || return 1
    _since=$2
    set -- ${_line##*) }
    case $1 in Z | X) return 1 ;; esac
    shift 19
    [ "$1" = "$_since" ]
  else
    [ "$(ps -o lstart= -p "$1" | tr -dc 0-9A-Za-z)" = "$2" ]
  fi
} 2>/dev/null

# Whether this is still the host that the attempt was journaled on. Sets _um, the login's umask, and _how, what its setsid
# can do: looked up once for all attempts.
known() { # NONCE BOOT MARKER
  place "$1"
  { _marker=; read -r _marker _um _how <"$_rel/marker"; } 2>/dev/null
  boot_id
  [ "$_marker" = "$3" ] || { say differs marker; return 1; }
  [ "$_boot" = "$2" ] || { say differs boot; return 1; }
}

# Writes $1 as the claim on the attempt, which only one can do. Leaves in _claim what it says then, empty when nothing.
claim() {
  set -C
  if command : >"$_rel/claims/$_id"; then
    set +C
    echo "$1" >"$_rel/claims/$_id" && return
    rm -f "$_rel/claims/$_id"
  fi
  set +C
  _claim=
  read -r _claim <"$_rel/claims/$_id" || { nap 0.3; read -r _claim <"$_rel/claims/$_id"; }
  return 1
} 2>/dev/null

# Sets _code, _begun and _ended when the command has ended.
finished() { read -r _code _begun _ended _dot <"$_d.status" && [ "$_dot" = . ]; } 2>/dev/null
supervised() { read -r _pid _born _sid _dot <"$_d.pid" && [ "$_dot" = . ]; } 2>/dev/null
