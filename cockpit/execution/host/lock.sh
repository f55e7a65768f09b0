# One release at a time on a host, and leaving the host as it was.

# The last of the numbered files in the lock's folder says who holds it, and a new number can be made by one only: that makes
# a takeover safe against a second one, and a file that was never filled is passed over.
holder() {
  _top= _nonce= _dot=
  for _f in "$_root"/lock/[0-9]*; do [ ! -e "$_f" ] || _top=$_f; done
  [ -z "$_top" ] || read -r _nonce _release _login _machine _held _hboot _hup _hsec _dot _rest <"$_top"
} 2>/dev/null

next() {
  _next=${_top##*/}
  _next=${_next#"${_next%%[!0]*}"}
  _next=$_root/lock/$(printf %06d $((_next + 1)))
}

# Writes $1, whose owner is "$2 $3 $4 $5" since $6.
own() { printf '%s %s %s %s %s %s %s %s .\n' "$2" "$3" "$4" "$5" "$6" "$_boot" "$_now" "${_date% *}" 1<>"$1"; } 2>/dev/null

lock() { # NONCE RELEASE LOGIN MACHINE TAKE
  place "$1"
  umask 077
  [ -d "$_root/lock" ] || _e=$(mkdir -p "$_root" 2>&1 && mkdir "$_root/lock" 2>&1) || [ -d "$_root/lock" ] ||
    { say error "$_e"; return; }
  boot_id
  _take=$5 _n=0
  while [ "$_n" -lt 40 ]; do
    _n=$((_n + 1))
    clock
    _date=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ')
    holder
    _was=$_nonce
    if [ "$_dot" = . ] && [ "$_nonce" = "$1" ]; then
      own "$_top" "$1" "$2" "$3" "$4" "$_held" && say ours || say error "cannot write $_top"
      return
    fi
    if [ "$_dot" = . ] && [ "$_take" != 1 ]; then
      say held "$_nonce" "$_release" "$_login" "$_machine" "$_held" "$_hboot" "$_hup" "$_hsec" "$_boot" "$_now" "${_date% *}"
      return
    fi
    if [ "$_top" ] && [ "$_dot" != . ] && [ "$_n" -lt 20 ]; then nap 0.1; continue; fi
    next
    (set -C; : >"$_next") 2>/dev/null || { [ -e "$_next" ] && _take=0 || nap 0.1; continue; }
    own "$_next" "$1" "$2" "$3" "$4" "${_date#* }" || { rm -f "$_next"; break; }
    # The one that was to be replaced may have left meanwhile, and another come.
    [ -z "$_top" ] || { _nonce=; read -r _nonce _rest <"$_top"; } 2>/dev/null
    [ "$_nonce" = "$_was" ] || [ -z "$_nonce" ] || { rm -f "$_next"; _take=0; continue; }
    say ours
    return
  done
  say error "cannot write $_root/lock: is the disk full?"
}

clean() { # NONCE
  place "$1"
  for _d in "$_rel"/*.pid; do
    _d=${_d%.pid}
    _n=0
    # What has ended may still be noting how much it wrote.
    while supervised && alive "$_pid" "$_born" && [ "$_n" -lt 10 ]; do
      finished || { say busy "${_d##*/}"; return; }
      nap 0.1
      _n=$((_n + 1))
    done
  done
  _e=$(rm -rf "$_rel" 2>&1) || { say error "$_e"; return; }
  holder
  if [ "$_nonce" = "$1" ]; then
    for _f in "$_root"/lock/[0-9]*; do
      rm -f "$_f"
      [ "$_f" != "$_top" ] || break
    done
    rmdir "$_root/lock" 2>/dev/null
  fi
  rmdir "$_root/releases" "$_root" 2>/dev/null
  say cleaned
}
