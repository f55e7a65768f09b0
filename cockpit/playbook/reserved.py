"""Names that a shell, a program or the cockpit itself gives a meaning, and which are therefore not free."""

from __future__ import annotations

BUILTINS: dict[str, str] = {
    "host": "the name of the host, as the playbook has it",
    "address": "the network address of the host",
    "release": "the id of the release",
    "login": "who started the release",
}
"""What every command and template gets besides params, captures and secrets."""

TOLD: frozenset[str] = frozenset({"release", "login", "captain", "participants", "started", "now", "outcome", "reason"})
"""What the texts of notices and records get besides params, captures and what a person supplies."""

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
            "GIT_CONFIG*",
            "GIT_DIR",
            "GIT_EXEC_PATH",
            "GIT_TEMPLATE_DIR",
            "GIT_WORK_TREE",
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
        *("NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "MAKEFLAGS"),
    }
)
"""Names that no param, capture, secret or entry of `env` may have; `*` stands for any ending."""

HEEDED: frozenset[str] = frozenset(
    {
        *(
            "GIT_*",
            "DOCKER_*",
            "COMPOSE_*",
            "KUBECONFIG",
            "HELM_*",
            "AWS_*",
            "AZURE_*",
            "GOOGLE_*",
            "VAULT_*",
            "ANSIBLE_*",
        ),
        *(
            "PG*",
            "MYSQL_*",
            "REDISCLI_AUTH",
            "CURL_*",
            "WGETRC",
            "NETRC",
            "SSL_CERT_*",
            "REQUESTS_CA_BUNDLE",
            "RSYNC_*",
        ),
        *("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY"),
        *(
            "ALL_PROXY",
            "NO_PROXY",
            "HOSTALIASES",
            "LANG",
            "LANGUAGE",
            "LC_*",
            "TZ",
            "TERM",
            "TERMINFO",
            "TMPDIR",
            "TEMP",
        ),
        *("TMP", "COLUMNS", "LINES", "XDG_*", "DEBUG", "NODE_*", "MAVEN_*", "GRADLE_*", "PIP_*", "CARGO_*"),
    }
)
"""Names that programs heed: what `env` may well give them, and a param or capture would give them by chance."""

_EXACT = frozenset(name for name in RESERVED if not name.endswith("*"))
_PREFIXES = tuple(name[:-1] for name in RESERVED if name.endswith("*"))


_RUN = frozenset(
    {
        *("BASH_ENV", "ENV", "PROMPT_COMMAND", "PS4", "LD_PRELOAD", "LD_AUDIT", "EDITOR", "VISUAL"),
        *("PAGER", "MANPAGER", "BROWSER", "LESSOPEN", "LESSCLOSE", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_PAGER"),
        *("GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "GIT_PROXY_COMMAND", "SSH_ASKPASS"),
        *("SUDO_ASKPASS", "PYTHONSTARTUP", "PERL5OPT", "RUBYOPT"),
        *("RSYNC_RSH", "CVS_RSH", "SYSTEMD_EDITOR", "KUBE_EDITOR", "FCEDIT"),
    }
)


def is_heeded(name: str) -> bool:
    """Whether common programs heed a variable of this name."""
    return name in HEEDED or name.startswith(tuple(entry[:-1] for entry in HEEDED if entry.endswith("*")))


def is_run(name: str) -> bool:
    """Whether programs run what a variable of this name holds."""
    return name in _RUN


def is_reserved(name: str) -> bool:
    """Whether a variable of this name would change what commands mean."""
    return name in _EXACT or name in _RUN or name.startswith(_PREFIXES)
