# The private run folder of a release, and what the host is.

reach() { # NONCE MARKER [CLOCK]
  place "$1"
  if [ ! -d "$_rel/claims" ]; then
    [ ! -d "$_root" ] || chmod 700 "$_root" 2>/dev/null
    _e=$(umask 077; mkdir -p "$_rel/claims" 2>&1) || { say error "$_e"; return; }
  fi
  if [ ! -s "$_rel/marker" ]; then
    # An empty marker is being written at this moment, or the disk was full.
    [ ! -e "$_rel/marker" ] || { nap 0.3; [ -s "$_rel/marker" ] || rm -f "$_rel/marker"; }
    [ "${_um-}" ] || _um=$(umask)
    umask 077
    _how=none
    ! command -v setsid >/dev/null || _how=fork
    (set -C; printf '%s %s %s\n' "$2" "$_um" "$_how" >"$_rel/marker") 2>/dev/null || [ -s "$_rel/marker" ] || nap 0.3
  fi
  { _marker=; read -r _marker _rest <"$_rel/marker"; } 2>/dev/null
  [ "$_marker" ] || { say error "cannot write $_rel/marker: is the disk full?"; return; }
  boot_id
  say reached "$_boot" "$_marker" ${3:+"$(date +%s.%N)"}
}
