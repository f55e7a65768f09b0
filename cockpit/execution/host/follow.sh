# Following an attempt: output on stdout after one line with the token, how it ended on stderr.

follow() { # NONCE BOOT MARKER ID OFFSET
  known "$1" "$2" "$3" || return
  _id=$4 _d=$_rel/$4
  [ -e "$_rel/claims/$_id" ] || { say lost "the host does not know this attempt"; return; }
  say known
  _mark=
  attach "$5"
}

tell() {
  if [ -s "$_d.capture" ]; then
    say capture
    dd bs=65537 count=1 <"$_d.capture" >&2 2>/dev/null
    printf '\n' >&2
  fi
  if [ -e "$_d.stop" ]; then say stopping "$_code" "$_begun" "$_ended"; else say ended "$_code" "$_begun" "$_ended"; fi
}

attach() { # OFFSET
  { _claim=; read -r _claim <"$_rel/claims/$_id"; } 2>/dev/null
  [ "$_claim" != never ] || { say never; return; }
  [ -r "$_d.out" ] || { nap 0.3; [ -r "$_d.out" ]; } || { say lost "its run folder is gone"; return; }
  printf '%s\n' "$_token"
  if [ "$1" = 0 ] && silent; then tell; printf %s "$_mark"; return; fi
  exec 3<"$_d.out"
  [ "$1" = 0 ] || dd bs=1 skip="$1" count=0 <&3 2>/dev/null
  _n=0 _idle=0 _seen= _pid=
  while [ -e "$_d.out" ]; do
    # In this order: what has ended has written its status first, what is flushed was in the file before it was read.
    _gone=
    if supervised; then alive "$_pid" "$_born" || _gone=1; elif [ "$_n" -gt 60 ]; then _gone=1; fi
    if [ -e "$_d.flushed" ]; then _flushed=1; else _flushed=; fi
    if finished; then _over=1; else _over=; fi
    if [ "$_over$_flushed$_gone" ] || more; then
      cat <&3 || return
      [ "$_n" -lt 12 ] || _n=12
    fi
    if [ "$_over" ]; then tell; drain; return; fi
    if [ -e "$_d.none" ]; then say error "the disk is full"; return; fi
    if [ "$_gone" ]; then settle "the process is gone and left no exit status"; return; fi
    rest
  done
  say lost "its run folder is gone"
}

# Whether it is over and wrote nothing but the end mark, found out without starting a program.
silent() {
  [ "$_mark" ] && read -r _size <"$_d.flushed" && [ "$_size" = ${#_mark} ] && finished && [ ! -e "$_d.stop" ] || return 1
  read -r _line <"$_d.out"
  [ "$_line" = "$_mark" ]
} 2>/dev/null

# Whether there may be output that was not read yet.
more() {
  [ -s "$_d.out" ] || return 1
  read -r _key _size <"/proc/$_pid/fdinfo/8" || return 0
  [ "$_size" != "$_seen" ] || return 1
  _seen=$_size
} 2>/dev/null

# The longer nothing comes, the longer; a moment's lines are gathered, and there is a sign of life every 5 s.
rest() {
  _n=$((_n + 1))
  if [ "$_n" -lt 3 ]; then nap 0.02
  elif [ "$_n" -lt 12 ]; then nap 0.05
  elif [ "$_n" -lt 60 ]; then nap 0.15; _idle=$((_idle + 15))
  elif [ "$_n" -lt 120 ]; then nap 0.3; _idle=$((_idle + 30))
  else nap 0.8; _idle=$((_idle + 80)); fi
  [ "$_idle" -lt 450 ] || { _idle=0; say here; }
}

# Reads on until the pipe is empty; a daemon that was left behind keeps it open, and then the client hangs up at the end mark.
drain() {
  _n=0
  while [ -z "$_flushed" ] && [ "$_n" -lt 100 ]; do
    [ ! -e "$_d.flushed" ] || _flushed=1
    cat <&3 || return
    [ "$_flushed" ] || nap 0.05
    _n=$((_n + 1))
  done
  [ ! -e "$_d.stop" ] || settle ''
}

# The end of an attempt that was told to stop, or whose supervisor is gone ($1 says it).
settle() {
  _n=0
  while [ -e "$_d.stop" ] && [ "$_n" -lt 300 ]; do
    members "$_sid" any
    [ "$_groups" ] || { say stopped; return; }
    nap 0.1
    _n=$((_n + 1))
  done
  say lost "${1:-it was told to stop, and processes of it are left}"
}
