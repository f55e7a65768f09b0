"""How patient we are with hosts, how we log in there, and whose run folder we use."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Deadlines in seconds, and how many handshakes go on at once.

    `connect` is for one handshake, `refused` for trying again a host that refuses or drops connections, `answer` for
    the first word of a call, `silence` between two signs of life (the host gives one every 5 s), `patience` for a link
    that stays lost, `grace` from TERM to KILL, `keepalive` between two probes of an idle link; `probes` may fail.
    """

    connect: float = 15.0
    refused: float = 30.0
    answer: float = 30.0
    silence: float = 30.0
    patience: float = 900.0
    grace: float = 10.0
    keepalive: float = 5.0
    probes: int = 3
    handshakes: int = 32
    through_jump: int = 8
    channels: int = 8


class Login(msgspec.Struct, frozen=True):
    """What overrides ssh_config: user, jump hosts (`[user@]host[:port],…` or `none`), its file; `agent`: a socket."""

    user: str = ""
    jump: str = ""
    config: str = ""
    agent: str = ""


class Run(msgspec.Struct, frozen=True):
    """Whose run folder and lock it is on a host: release id and nonce, the captain's login, this machine's name."""

    release: str
    nonce: str
    login: str
    machine: str
