"""Foreign errors at the border: what each of asyncssh, httpx and the system means here, most specific first."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Callable
from typing import Final

import asyncssh
import httpx
import msgspec
from asyncssh.config import ConfigParseError

from cockpit.execution.words import plain

KNOWN_HOSTS_HINT: Final = (
    "compare the fingerprint with the host's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub)"
)


class Meaning(msgspec.Struct, frozen=True):
    """What an error means: the reason and what to do, and what may follow from it.

    `again`: trying again may help, because a server was busy or a network hiccuped. `credentials`: the host wants a
    login that we do not have. `final`: a person must change something. `unsent`: the other end has heard nothing.
    """

    reason: str
    hint: str = ""
    again: bool = False
    credentials: bool = False
    final: bool = False
    unsent: bool = False


Rule = Callable[[Exception], Meaning]


def _fixed(reason: str, hint: str = "", *, again: bool = False, final: bool = False, unsent: bool = False) -> Rule:
    return lambda error: Meaning(_with(reason, error), hint, again, final=final, unsent=unsent)


def _with(reason: str, error: Exception) -> str:
    said = plain(str(error))
    return f"{reason}: {said}" if said and said.lower() not in reason.lower() else reason


def _login(error: Exception) -> Meaning:
    hint = "load a key that the host accepts into the agent, or name it in ssh_config (IdentityFile)"
    return Meaning(_with("the host refuses the login", error), hint, credentials=True)


def _open_failed(error: Exception) -> Meaning:
    return Meaning(
        _with("the host opens no further channel", error),
        "see MaxSessions and AllowTcpForwarding in its sshd_config",
        True,
    )


def _key_exchange(error: Exception) -> Meaning:
    if "host key" not in str(error):
        hint = "see Ciphers, MACs and KexAlgorithms in ssh_config and in the host's sshd_config"
        return Meaning(_with("no common algorithm with the host", error), hint, final=True)
    reason = "the host has no key of a kind that known_hosts has for it"
    return Meaning(reason, f"{KNOWN_HOSTS_HINT}, then put that key into known_hosts", final=True)


def _lookup(error: Exception) -> Meaning:
    again = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
    return Meaning(
        _with("its name cannot be resolved", error), "see HostName in ssh_config and the DNS", again, unsent=True
    )


def _system(error: Exception) -> Meaning:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL):
        return Meaning(f"no route to it: {os.strerror(number)}", "see the network and the VPN", again=True, unsent=True)
    if number in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
        return Meaning(
            f"this machine has no room for a connection: {os.strerror(number)}",
            "see ulimit -n",
            again=True,
            unsent=True,
        )
    return Meaning(_with("the connection failed", error), again=True)


def _tls(error: Exception) -> Meaning:
    """httpx wraps what the system said, some levels deep; TLS fails before a request is sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, (ssl.SSLError, socket.gaierror, ConnectionRefusedError)):
            return meaning(cause)
        cause = cause.__cause__ or cause.__context__
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return meaning(ssl.SSLCertVerificationError(str(error)))
    return Meaning(_with("no connection", error), again=True, unsent=True)


SSH: Final[tuple[tuple[type[Exception], Rule], ...]] = (
    (asyncssh.HostKeyNotVerifiable, _fixed("its host key cannot be verified", KNOWN_HOSTS_HINT, final=True)),
    (asyncssh.PermissionDenied, _login),
    (asyncssh.PasswordChangeRequired, _login),
    (asyncssh.IllegalUserName, _fixed("its login name is refused", "see User in ssh_config", final=True)),
    (asyncssh.KeyExchangeFailed, _key_exchange),
    (
        asyncssh.CompressionError,
        _fixed("the connection's compression broke", "set Compression no in ssh_config", again=True),
    ),
    (asyncssh.MACError, _fixed("the connection's data was damaged on its way", again=True)),
    (asyncssh.ProtocolNotSupported, _fixed("it speaks no SSH 2", "see HostName and Port in ssh_config", final=True)),
    (asyncssh.ProtocolError, _fixed("it breaks the SSH protocol", "see HostName and Port in ssh_config", again=True)),
    (asyncssh.ServiceNotAvailable, _fixed("its SSH server does not let anybody in now", again=True)),
    (asyncssh.ConnectionLost, _fixed("the connection was lost", again=True)),
    (asyncssh.DisconnectError, _fixed("it closed the connection", again=True)),
    (asyncssh.ChannelOpenError, _open_failed),
    (asyncssh.ChannelListenError, _fixed("it does not listen for us")),
    (asyncssh.KeyEncryptionError, _fixed("a key is encrypted", "load it into the agent with ssh-add", final=True)),
    (asyncssh.KeyImportError, _fixed("a key cannot be read", "see IdentityFile in ssh_config", final=True)),
    (asyncssh.KeyExportError, _fixed("a key cannot be written")),
    (asyncssh.KeyGenerationError, _fixed("a key cannot be made")),
    (asyncssh.SFTPError, _fixed("its file transfer failed")),
    (asyncssh.ProcessError, _fixed("its shell failed")),
    (asyncssh.BreakReceived, _fixed("the channel was interrupted")),
    (asyncssh.SignalReceived, _fixed("the channel was interrupted")),
    (asyncssh.misc.SoftEOFReceived, _fixed("the channel was interrupted")),
    (asyncssh.TerminalSizeChanged, _fixed("the channel was interrupted")),
    (ConfigParseError, _fixed("ssh_config cannot be read", "correct that line", final=True)),
    (asyncssh.Error, _fixed("SSH failed", again=True)),
)

HTTP: Final[tuple[tuple[type[Exception], Rule], ...]] = (
    (httpx.ConnectTimeout, _fixed("no connection in time", again=True, unsent=True)),
    (httpx.PoolTimeout, _fixed("no connection was free in time", again=True, unsent=True)),
    (httpx.ReadTimeout, _fixed("no answer in time", again=True)),
    (httpx.WriteTimeout, _fixed("the request could not be sent in time", again=True)),
    (httpx.TimeoutException, _fixed("no answer in time", again=True)),
    (httpx.ConnectError, _tls),
    (httpx.ReadError, _fixed("the connection broke before the answer was whole", again=True)),
    (httpx.WriteError, _fixed("the connection broke while the request was sent", again=True)),
    (httpx.CloseError, _fixed("the connection broke at its end", again=True)),
    (httpx.NetworkError, _fixed("the connection broke", again=True)),
    (httpx.ProxyError, _fixed("the proxy refused", "see HTTPS_PROXY and NO_PROXY", unsent=True)),
    (httpx.UnsupportedProtocol, _fixed("not a URL of HTTP", "write http:// or https://", final=True, unsent=True)),
    (httpx.LocalProtocolError, _fixed("not a valid request", "see its headers", final=True, unsent=True)),
    (httpx.RemoteProtocolError, _fixed("the server broke off or does not speak HTTP", again=True)),
    (httpx.ProtocolError, _fixed("the answer is no HTTP", again=True)),
    (httpx.TransportError, _fixed("the transport failed", again=True)),
    (httpx.DecodingError, _fixed("the answer's encoding is damaged")),
    (httpx.TooManyRedirects, _fixed("too many redirects", "see where the URL leads", final=True)),
    (httpx.RequestError, _fixed("the request failed")),
    (httpx.HTTPStatusError, _fixed("the server refused the request")),
    (httpx.HTTPError, _fixed("HTTP failed")),
    (httpx.InvalidURL, _fixed("not a valid URL", final=True, unsent=True)),
    (httpx.CookieConflict, _fixed("two cookies of one name")),
    (httpx.StreamError, _fixed("the answer was read twice")),
)

SYSTEM: Final[tuple[tuple[type[Exception], Rule], ...]] = (
    (
        ssl.SSLCertVerificationError,
        _fixed("its certificate is not trusted", "see its chain and SSL_CERT_FILE", final=True, unsent=True),
    ),
    (ssl.SSLError, _fixed("TLS failed", unsent=True)),
    (socket.gaierror, _lookup),
    (
        ConnectionRefusedError,
        _fixed("it refuses the connection", "is the server running, and the port right?", again=True, unsent=True),
    ),
    (ConnectionResetError, _fixed("it reset the connection", again=True)),
    (BrokenPipeError, _fixed("the connection was lost", again=True)),
    (TimeoutError, _fixed("no answer in time", "is the host up, and reachable from here?")),
    (PermissionError, _fixed("a file cannot be read", final=True)),
    (FileNotFoundError, _fixed("a file is missing", final=True)),
    (OSError, _system),
    (UnicodeError, _fixed("not text of its encoding", final=True)),
    (ValueError, _fixed("a setting is wrong", final=True)),
)


def meaning(error: Exception) -> Meaning:
    """The first line of the tables that fits; anything else is said with its kind."""
    for kind, rule in (*SSH, *HTTP, *SYSTEM):
        if isinstance(error, kind):
            return rule(error)
    return Meaning(f"unforeseen {type(error).__name__}: {plain(str(error))}")
