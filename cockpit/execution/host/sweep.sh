# Kills a whole session, because timeout(1) and its like give their children a process group of their own. Success means that
# nothing is left. It also runs as another user by sudo (then `mine` leaves out whom that user may not signal), so it has no
# single quotes.
_sweep='
members() {
  _groups=
  if [ ! -r /proc/self/stat ]; then kill -0 "-$1" && _groups=$1; return; fi
  for _f in /proc/[0-9]*/stat; do
    read -r _line <"$_f" || continue
    set -- "$1" "$2" ${_line##*) }
    case $3 in Z | X) continue ;; esac
    [ "$6" = "$1" ] || continue
    [ "$2" != mine ] || kill -0 "${_line%% *}" || continue
    case " $_groups " in *" $5 "*) ;; *) _groups="$_groups $5" ;; esac
  done
} 2>/dev/null
sweep() { # SID TENTHS WHOSE
  for _sig in TERM KILL; do
    _n=0
    members "$1" "$3"
    for _g in $_groups; do kill "-$_sig" "-$_g"; done 2>/dev/null
    while [ "$_groups" ] && [ "$_n" -lt "$2" ]; do
      sleep 0.1 2>/dev/null || { sleep 1; _n=$((_n + 9)); }
      _n=$((_n + 1))
      members "$1" "$3"
    done
    [ "$_groups" ] || return 0
  done
  return 1
}'
eval "$_sweep"
