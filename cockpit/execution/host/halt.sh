# Stopping an attempt, and knowing it.

halt() { # NONCE BOOT MARKER ID TENTHS
  known "$1" "$2" "$3" || return
  _id=$4 _d=$_rel/$4
  umask 077
  if claim never; then say never; return; fi
  case $_claim in
    never) say never; return ;;
    started) ;;
    *) say unsure "cannot write $_rel/claims"; return ;;
  esac
  [ -e "$_d.out" ] || { say lost "its run folder is gone"; return; }
  _n=0
  until supervised || [ "$_n" -gt 20 ]; do nap 0.1; _n=$((_n + 1)); done
  if finished; then tell; [ ! -e "$_d.stop" ] || settle ""; return; fi
  if [ -e "$_d.stop" ] && ! alive "$_pid" "$_born"; then settle "processes of it are left"; return; fi
  [ "$_n" -le 20 ] || { say unsure "it has not begun"; return; }
  { : >"$_d.stop"; } 2>/dev/null
  if finished; then rm -f "$_d.stop"; tell; return; fi
  if ! alive "$_pid" "$_born" || [ "$_sid" -le 1 ]; then
    rm -f "$_d.stop"
    members "$_sid" any
    if [ "$_groups" ]; then say unsure "its supervisor is gone, and a session of its number is there"
    else say lost "the process is gone and left no exit status"; fi
    return
  fi
  if [ -e "$_d.user" ] && read -r _spot _user <"$_d.user" && ! sudo -n -H -u "$_user" -- sh -c "$_sweep"'
    read -r _line <"$0/pid" && set -- "$1" ${_line##*) } && sweep "$5" "$1" mine' "/tmp/cockpit-$_spot" "$5" 2>/dev/null; then
    rm -f "$_d.stop"
    say unsure "sudo could not stop it"
    return
  fi
  if sweep "$_sid" "$5" any; then say stopped; else rm -f "$_d.stop"; say unsure "processes of it are left"; fi
}
