"""How we log in: ssh_config, agent and keys; and where secrets come from."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import asyncssh

from cockpit.cli.checks.finding import Finding, Verdict
from cockpit.engine import vault
from cockpit.execution.keys import DEFAULT_FILES, KeyRing
from cockpit.execution.redact import SHORTEST, too_short
from cockpit.execution.route import Routes
from cockpit.playbook.plan import Secret

ANSWER_WITHIN: Final = 10.0


async def check_login(routes: Routes) -> list[Finding]:
    """What ssh_config says that is not followed, the agent, and the usual keys."""
    return [*_ssh_config(routes), await _agent(routes.login.agent), _keys()]


def _finding(subject: str, check: str, verdict: Verdict, text: str, hint: str = "") -> Finding:
    return Finding("login", subject, check, verdict, text, hint)


def _ssh_config(routes: Routes) -> Iterator[Finding]:
    config = routes.login.config
    if config and not os.access(config, os.R_OK):
        yield _finding("", "ssh_config", "problem", f"{config} cannot be read", "see ssh_config in settings.toml")
        return
    ignored = routes.ignored()
    if not ignored:
        yield _finding("", "ssh_config", "ok", f"{config or '~/.ssh/config'}: every option is followed")
    for each in ignored:
        text = f"{each.file}:{each.line}: {each.option} {each.value}: {each.instead}"
        yield _finding("", "ssh_config", "warning", text)


async def _agent(path: str) -> Finding:
    if not path:
        return _finding("", "agent", "note", "none (SSH_AUTH_SOCK is not set): keys come from files alone")
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            agent = await asyncssh.connect_agent(path)
            try:
                count = len(await agent.get_keys())
            finally:
                agent.close()
    except (OSError, ValueError, asyncssh.Error) as error:
        return _finding("", "agent", "warning", f"does not answer: {error}", "see SSH_AUTH_SOCK")
    text = f"{count} {'key' if count == 1 else 'keys'}"
    if not count:
        return _finding("", "agent", "warning", f"{text} in it", "ssh-add adds one")
    if "SSH_CONNECTION" in os.environ:
        hint = "when it is gone a release holds where it must log in anew, and `attach` supplies it again"
        return _finding("", "agent", "note", f"{text}, but it may end with your session", hint)
    return _finding("", "agent", "ok", text)


def _keys() -> Finding:
    ring = KeyRing()
    found = [name for name in DEFAULT_FILES if Path(name).expanduser().exists()]
    ring.pairs((), ())
    if ring.unusable:
        why = "; ".join(f"{name}: {reason}" for name, reason in ring.unusable.items())
        return _finding("", "keys", "note", f"passed over: {why}", "the agent can hold keys that have a passphrase")
    return _finding("", "keys", "ok" if found else "note", ", ".join(found) or "none of the usual files in ~/.ssh")


async def check_secrets(secrets: Mapping[str, Secret]) -> list[Finding]:
    """Whether each source gives a value; the value itself goes nowhere."""
    return await asyncio.gather(*(_secret(name, secret) for name, secret in secrets.items()))


async def _secret(name: str, secret: Secret) -> Finding:
    if secret.kind == "env":
        value, source = os.environ.get(secret.source[0], ""), f"${secret.source[0]}"
    else:
        value, source = await vault.read(secret), f"{secret.kind} {secret.source[0]}"
    if not value:
        return Finding("secrets", name, "", "problem", f"{source} gives no value")
    if too_short({name: value}):
        hint = f"it has fewer than {SHORTEST} bytes: outputs would show it"
        return Finding("secrets", name, "", "warning", f"{source} gives a value that is too short to hide", hint)
    return Finding("secrets", name, "", "ok", f"{source} gives a value")
