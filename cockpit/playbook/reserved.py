"""Names that a shell, a program or the cockpit itself gives a meaning, and which are therefore not free."""

from __future__ import annotations

BUILTINS: dict[str, str] = {
    "host": "the name of the host, as the playbook has it",
    "address": "the network address of the host",
    "release": "the id of the release",
    "login": "who started the release",
}
"""What every command and template gets besides params, captures and secrets."""

RESERVED: frozenset[str] = frozenset(
    {
        *BUILTINS,
        "COCKPIT_*",
        # read by a shell before or while it runs a command
        *("BASH*", "CDPATH", "ENV", "FIGNORE", "FPATH", "GLOBIGNORE", "HISTFILE", "HISTCMD", "HOME", "IFS", "INPUTRC"),
        *("MAIL", "MAILCHECK", "MAILPATH", "OLDPWD", "PATH", "POSIXLY_CORRECT", "PROMPT_COMMAND", "PS0", "PS1", "PS2"),
        *("PS3", "PS4", "PWD", "SHELL", "SHELLOPTS", "TMOUT", "_"),
        # set by a shell, some of them read-only
        *("COMP_*", "COPROC", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "FUNCNEST", "GROUPS"),
        *("HOSTNAME", "HOSTTYPE", "LINENO", "LOGNAME", "MACHTYPE", "MAPFILE", "OPTARG", "OPTERR", "OPTIND", "OSTYPE"),
        *("PIPESTATUS", "PPID", "RANDOM", "READLINE_*", "REPLY", "SECONDS", "SHLVL", "SRANDOM", "UID", "USER"),
        # make a program load or run what they name
        *("LD_*", "DYLD_*", "GCONV_PATH", "MALLOC_*", "GLIBC_TUNABLES", "LOCPATH", "NLSPATH"),
        *("EDITOR", "VISUAL", "PAGER", "MANPAGER", "BROWSER", "LESSOPEN", "LESSCLOSE"),
        *(
            "GIT_*",
            "SSH_*",
            "SUDO_*",
            "PYTHON*",
            "PERL5LIB",
            "PERL5OPT",
            "PERL5DB",
            "RUBYLIB",
            "RUBYOPT",
            "NODE_OPTIONS",
        ),
        *("NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "MAKEFLAGS", "DOCKER_HOST"),
    }
)
"""Names that no param, capture, secret or entry of `env` may have; `*` stands for any ending."""

_EXACT = frozenset(name for name in RESERVED if not name.endswith("*"))
_PREFIXES = tuple(name[:-1] for name in RESERVED if name.endswith("*"))


def is_reserved(name: str) -> bool:
    """Whether a variable of this name would change what commands mean."""
    return name in _EXACT or name.startswith(_PREFIXES)
