"""What commands do with values."""

from __future__ import annotations

import shutil

import pytest

from cockpit.playbook.shell.captures import captured
from cockpit.playbook.shell.careful import as_options
from cockpit.playbook.shell.code import dangers
from cockpit.playbook.shell.commands import commands
from cockpit.playbook.shell.endless import endless
from cockpit.playbook.shell.lookalikes import lookalikes
from cockpit.playbook.shell.parse import parse
from cockpit.playbook.shell.syntax import judge
from cockpit.playbook.shell.uses import assigned, mentioned, uses

VALUES = {"x", "host", "token"}

RUNS_VALUES = [
    'eval "$x"',
    "eval true",
    'sh -c "echo $x"',
    'sudo -u app bash -lc "deploy $x"',
    'ssh db "rm $x"',
    'ssh -p 22 db rm "$x"',
    'ssh -o "ProxyCommand=$x" db true',
    'su - app -c "x $x"',
    "su app -c 'eval \"$x\"'",
    'echo a | xargs sh -c "echo $x"',
    "echo \"$x\" | xargs -I{} sh -c 'echo {}'",
    'docker exec -it web sh -c "ls $x"',
    'kubectl exec web -- bash -c "ls $x"',
    'timeout 5 sh -c "$x"',
    "python3 -c \"print('$x')\"",
    'perl -pe "s/a/$x/" f',
    'ruby -e "puts $x"',
    'node --eval "f($x)"',
    'awk "/$x/ {print}" f',
    "$x --help",
    '"$x" --help',
    '"${x}" --help',
    'sudo "$x"',
    'env FOO=1 "$x"',
    'y=$x; sh -c "echo $y"',
    'y=$x; z=$y; sh -c "echo $z"',
    'y="a $(echo "$x")"; sh -c "echo $y"',
    'for y in $x; do sh -c "$y"; done',
    "sh <<EOF\necho $x\nEOF",
    "ssh db <<EOF\necho $x\nEOF",
    "ssh db bash -s <<EOF\necho $x\nEOF",
    'bash <<< "echo $x"',
    'echo "rm $x" | sh',
    'printf "rm %s" "$x" | ssh db',
    'trap "rm $x" EXIT',
    'watch "ls $x"',
    "sh -c 'eval \"$x\"'",
    "sh -c 'sh -c \"ls $x\"'",
    'find . -exec sh -c "echo $x" \\;',
    "n=$((x + 1))",
    "n=$(($x + 1))",
    "[[ $x -eq 1 ]]",
    "(( x > 2 ))",
    "echo ${a[$x]}",
    'let "y=$x"',
    'declare "$x"',
    'printf -v "$x" a',
    "echo ${!x}",
    ". /dev/stdin <<EOF\n$x\nEOF",
    'echo "$x" | source /dev/stdin',
    'bash <(echo "$x")',
    'bash -c -- "$x"',
    'env -S "sh -c $x"',
    'find . -exec "$x" {} +',
    'alias ll="$x"',
    'bash "$x"',
    '. "$x"',
    'systemd-run "$x"',
    'rsync -e "$x" a b',
    'tar --to-command="$x" -xf f',
    'mapfile -C "$x" lines',
    'LD_PRELOAD="$x" ls',
    'GIT_SSH_COMMAND="ssh $x" git fetch',
    'PS4="$x"; set -x',
    "cat <<EOF | sh\n$x\nEOF",
    'xargs sh -c <<< "$x"',
    'echo "$x" | at now',
    'echo "$x" | crontab -',
    'echo "$x" | python3',
    "python3 - <<EOF\nprint('$x')\nEOF",
    'f() { sh -c "$1"; }; f "$x"',
    'f() { $2; }; f a "$x"',
    'f() { sh -c "$*"; }; f "$x"',
    "set -- $x; $1",
    'read -r y <<< "$x"; sh -c "$y"',
    'echo "$x" | while read -r y; do sh -c "$y"; done',
    "[[ -v $x ]]",
    'test -v "$x"',
    "[ -v 'a[$x]' ]",
    'unset "a[$x]"',
    'read "$x"',
    'export "$x"',
    'readonly "$x=1"',
    'declare -i n="$x"',
    "declare -i n; n=$x",
    'declare -n n="$x"',
    "let 'y = x'",
    "echo ${y:x}",
    "echo ${y:0:$x}",
    "for ((i = 0; i < x; i++)); do :; done",
    'read y <<< "$x"; echo $((y))',
    'source <(echo "$x")',
]

SAFE = [
    "sh -c 'echo \"$x\"'",
    'sh -c \'echo "$1"\' _ "$x"',
    'echo "$x"',
    'ssh "$host" uptime',
    "awk -v v=\"$x\" '{print v}' f",
    'awk -f prog.awk "$x"',
    'y=$(date); sh -c "echo $y"',
    'n=$(wc -l < "$x"); echo $((n + 1))',
    'n=$(git rev-parse "$x"); sh -c "echo $n"',
    'python3 tool.py "$x"',
    "python3 -c 'import sys; print(sys.argv[1])' \"$x\"",
    'bash -s "$x" < script.sh',
    'bash ./deploy.sh "$x"',
    "sh <<'EOF'\necho \"$x\"\nEOF",
    "cat <<EOF > f\nversion=$x\nEOF",
    "/opt/app-$x/bin/start",
    '[ "$x" -eq 1 ]',
    "i=0; i=$((i + 1))",
    'git checkout "$x"',
    "docker stats --format '{{.MemPerc}}'",
    'grep -c "$x" f',
    'echo "$x" | grep -q 1',
    "echo ${#x}",
    'run() { echo "+ $*"; "$@"; }; run rm "$x"',
    'set -- "$x"; echo "$1"',
    'echo "$x" | while read -r y; do echo "$y"; done',
    'declare "y=$x"',
    'export y="$x"',
    'export PATH="/opt/app-$x/bin:$PATH"',
    'JAVA_TOOL_OPTIONS="-Dversion=$x" ./run',
    "printf '%d' \"$x\"",
    "echo ${x:-y} ${x#v} ${x:0:3}",
    "for ((i = 0; i < 3; i++)); do [[ $x == a ]]; done",
    'find . -name "$x" -exec rm {} +',
    'rsync -e "ssh -p 22" "$x" b:',
    "echo ./run | at now",
    "python3 - \"$x\" <<'EOF'\nimport sys\nEOF",
    'psql -v v="$x" -f f.sql',
    "trap 'rm \"$x\"' EXIT",
]


@pytest.mark.parametrize("command", RUNS_VALUES)
def test_a_value_that_would_be_run_is_found(command: str) -> None:
    assert dangers(command, VALUES)[0].kind in ("code", "eval")


@pytest.mark.parametrize("command", SAFE)
def test_a_value_that_stays_an_argument_is_let_be(command: str) -> None:
    assert dangers(command, VALUES) == []


@pytest.mark.parametrize(
    "command",
    [
        'sed -i "s/a/$x/" f',
        'make VERSION="$x"',
        "psql -c \"delete from a where b = '$x'\"",
        "mysql a <<EOF\ndelete from b where c = '$x';\nEOF",
        'jq ".$x" f',
        'git -c core.pager="$x" log',
    ],
)
def test_a_program_that_could_run_a_value_is_a_warning(command: str) -> None:
    assert [danger.kind for danger in dangers(command, VALUES)] == ["careful"]


def test_a_whole_number_may_be_reckoned_with() -> None:
    assert dangers("echo $((x + 1))", VALUES, numbers={"x"}) == []


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ('git checkout "$x"', ["x"]),
        ('ssh "$x" ls', ["x"]),
        ('find "$x" -name a', ["x"]),
        ('git checkout -- "$x"', []),
        ('git checkout "tags/$x"', []),
        ('find . -name "$x"', []),
        ('ls "$x"', []),
    ],
)
def test_a_value_that_could_be_an_option_is_seen(command: str, names: list[str]) -> None:
    script = parse(command)
    assert [name for each in commands(script) for _, name in as_options(script, each, VALUES)] == names


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("echo \u201chi\u201d", [5]),
        ("rm \u2013rf x", [3]),
        ("ls\u00a0-l", [2]),
        ("\u0435cho hi", [0]),
        ("echo 'd\u0435ploy'", [7]),
        ("echo 'Gr\u00fc\u00dfe \u2013 \u043f\u0440\u0438\u0432\u0435\u0442'", []),
        ("echo Gr\u00fc\u00dfe", []),
        ("ls  # \u2013 a list", []),
    ],
)
def test_a_character_that_only_looks_right_is_seen(command: str, found: list[int]) -> None:
    assert [offset for offset, _, _ in lookalikes(command)] == found


ENDLESS = [
    *("tail -f x", "tail -n 5 -f x", "sudo tail -F x", "( tail -f x )", "journalctl -fu x", "dmesg -w", "yes"),
    *("kubectl logs -f d", "kubectl get pods -w", "docker logs -f a", "docker compose logs --follow", "docker stats"),
    *("docker-compose -f a.yml logs -f web", "docker-compose logs -f web"),
    *("ping h", "nc -l 80", "nc -lk 80", "sleep infinity", "top", "watch ls", "vmstat 5", "tcpdump -i any"),
    *("while true; do sleep 1; done", "while :; do x; done", "until false; do x; done", "for ((;;)); do x; done"),
]
ENDS = [
    *("tail -n5 x", "timeout 5 tail -f x", "tail -f x &", "yes | apt install x", "journalctl -u f", "ping -c 3 h"),
    *(
        "kubectl logs --since=10m d",
        "kubectl apply -f x.yaml",
        "docker stats --no-stream",
        "ping -qc 3 h",
        "vmstat 5 3",
    ),
    *("docker-compose -f a.yml logs --tail=100", "kubectl -f x logs d"),
    *("nc -z h 80", "sleep 5", "top -b -n 1", "while :; do a || break; done", "while read -r l; do x; done < f"),
    *("until curl -f h; do sleep 1; done", "tar -cf x.tar x", "for ((i=0; i<3; i++)); do x; done", "grep -f x y"),
]


@pytest.mark.parametrize("command", ENDLESS)
def test_a_command_that_never_ends_is_found(command: str) -> None:
    assert len(endless(command)) == 1


@pytest.mark.parametrize("command", ENDS)
def test_a_command_that_ends_is_let_be(command: str) -> None:
    assert endless(command) == []


@pytest.mark.parametrize(
    ("command", "bare"),
    [
        ("echo $x", True),
        ("echo ${x}", True),
        ("echo a$x/b", True),
        ("[ $x = 1 ]", True),
        ("[ -n $x ]", True),
        ('echo "$(echo $x)"', True),
        ('echo "$x"', False),
        ("echo ${#x}", False),
        ("[[ $x = 1 ]]", False),
        ("y=$x", False),
        ("export y=$x", False),
        ("case $x in a) ;; esac", False),
        ("echo $((x))", False),
        ("cat <<E\n$x\nE", False),
        ("y=$x cmd", False),
    ],
)
def test_a_value_without_quotes_is_seen_where_the_shell_splits_it(command: str, bare: bool) -> None:
    assert [use.bare for use in uses(command) if use.name == "x"] == [bare]


def test_every_way_to_set_a_variable_is_known() -> None:
    script = (
        'for i in 1; do read -r a b; done; c=1; export d=2; local e f=3; printf -v g x; : "${k:=1}"\n'
        "while getopts ab: h; do :; done; mapfile -t l < f; (( m = 1 )); for ((n = 0; n < 3; n++)); do :; done\n"
        "let o=1; p[1]=2; readonly q=1; IFS=, read -ra r <<< s; t+=u"
    )
    assert set("abcdefghiklmnopqrt") | {"IFS", "OPTARG", "OPTIND", "REPLY"} <= assigned(script)


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ('echo "f=$x" >> "$COCKPIT_CAPTURE"', {"f"}),
        ("printf 'a=%s\\nb=%s\\n' 1 2 | tee -a \"$COCKPIT_CAPTURE\"", {"a", "b"}),
        ('{ echo a=1; echo "b=$c"; } >> "$COCKPIT_CAPTURE"', {"a", "b"}),
        ('cat >> "$COCKPIT_CAPTURE" <<E\na=1\nb=$x\nE', {"a", "b"}),
        ("echo a=1", set()),
        ("echo a=1 > f; echo $COCKPIT_CAPTURE", set()),
    ],
)
def test_captures_are_seen(command: str, names: set[str]) -> None:
    assert captured(command) == names


def test_a_secret_in_single_quotes_is_mentioned_too() -> None:
    assert "token" in mentioned("sh -c 'curl -H \"X: $token\" h'")


def test_what_the_grammar_does_not_know_is_left_to_the_shell() -> None:
    if shutil.which("sh"):
        assert judge('for i do echo "$i"; done', "sh") == "unclear"
    assert judge("if true; then", "sh") == "wrong"
    assert judge("if true; then x; fi", "sh") == "right"


@pytest.mark.parametrize(
    "command",
    ["a|" * 4000, "<" * 8000, "a=(" * 2700, "echo $(" * 1000, "x " * 8000],
    ids=["pipes", "redirects", "arrays", "substitutions", "words"],
)
def test_nonsense_is_given_up_soon(command: str) -> None:
    assert parse(command).lost or parse(command).root.has_error


def test_every_variable_of_an_unquoted_path_is_seen() -> None:
    assert mentioned("f=$HOME/orders-$version-$release.db") == {"HOME", "version", "release"}
