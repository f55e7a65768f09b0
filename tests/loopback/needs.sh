#!/bin/sh
# needs.sh setup|fly|test PYTHON: have what Debian must provide; install it where that is allowed, else name it and fail.
set -u
what=$1 python=$2 missing=

say() { echo "needs.sh: $*" >&2; }

need() {  # need PROGRAM PACKAGE
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

need_python() {
    if ! command -v "$python" >/dev/null 2>&1; then
        say "there is no $python; name another with PYTHON=/path/to/python3"
        exit 1
    fi
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        say "$python is $("$python" -V 2>&1), and 3.11 or newer is needed; name another with PYTHON=/path/to/python3"
        exit 1
    fi
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || missing="$missing $(venv_package)"
}

venv_package() {
    case $(command -v "$python") in
    */python3) echo python3-venv ;;
    *) "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
    esac
}

install() {
    say "installing$missing"
    case $missing in
    *prometheus*) [ ! -d /run/systemd/system ] || $1 systemctl mask --quiet prometheus ;;  # its programs, not its service
    esac
    $1 apt-get update -qq &&
        $1 env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

[ -x .venv/bin/pip ] || need_python
case $what in
setup) ;;
fly)
    need sshd openssh-server
    need ssh-keygen openssh-client
    need git git
    ;;
test)
    need sshd openssh-server
    need ssh openssh-client
    need git git
    need tmux tmux
    need busybox busybox
    need prometheus prometheus
    ;;
*)
    say "usage: needs.sh setup|fly|test PYTHON"
    exit 2
    ;;
esac

[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then
        install "" && exit 0
    elif sudo -n true 2>/dev/null; then
        install sudo && exit 0
    fi
fi
say "missing:$missing"
say "install it with: sudo apt-get install$missing"
exit 1
