"""`cockpit rehearse`, and what is done to a rehearsal: faults, speed."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import get_args

import click

from cockpit.cli.common import ask, format_option, login, params_option, read_params, release_argument
from cockpit.cli.console import heed_signals, is_terminal, talk
from cockpit.cli.names import HOST, PLAYBOOK, RELEASE
from cockpit.errors import UsageError
from cockpit.release.events import FaultKind
from cockpit.release.intents import Hurry, Throw
from cockpit.release.practice import FASTEST_REAL
from cockpit.units import parse_duration

PACE = 10.0
"""How many seconds pass in one where somebody watches, unless something else is said."""

MAX = "max"


class Speed(click.ParamType[float]):
    """A number of seconds that pass in one, or `max`, which is 0."""

    name = "N|max"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See `ParamType`."""
        if value == MAX:
            return 0.0
        try:
            speed = float(str(value).removesuffix("x"))
        except ValueError:
            speed = 0.0
        if not (isfinite(speed) and speed > 0):
            self.fail(f"{value!r} is neither a number above 0 nor `max`", param, ctx)
        return speed


SPEED = Speed()
SPEED_HELP = f"""How many seconds pass in one; {PACE:g} on the screen, max without. Up to {FASTEST_REAL:g} each host is
an SSH server here, above it hosts are modelled. With max nothing takes time but you: it waits for your answers in real
time."""


class Span(click.ParamType[float]):
    """A length of time, as playbooks have it."""

    name = "SPAN"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See `ParamType`."""
        try:
            return parse_duration(str(value))
        except ValueError:
            self.fail(f"{value!r} is no length of time such as 90s, 5m or 1h", param, ctx)


SPAN = Span()


@click.command
@click.argument("playbook", type=PLAYBOOK, required=False)
@params_option
@click.option("--scenario", default="", metavar="NAME", help="What goes wrong, beside the playbook; or a path.")
@click.option("--recorded", type=RELEASE, metavar="RELEASE", help="Instead of a playbook: a release, as it went.")
@click.option("--speed", type=SPEED, metavar="N|max", help=SPEED_HELP)
@click.option("--seed", type=int, default=1, metavar="N", show_default=True, help="Where all chance comes from.")
@click.option("--headless", is_flag=True, help="No screen: everybody is played, and it exits with the outcome.")
@format_option
def rehearse(
    playbook: Path | None,
    params: tuple[str, ...],
    scenario: str,
    recorded: str | None,
    speed: float | None,
    seed: int,
    headless: bool,
    form: str,
) -> None:
    """Practise a release: hosts, servers, metrics and the clock are played, and nothing is contacted.

    Without PLAYBOOK it is one that is shipped; with --recorded it is a release that was recorded, and all happens as
    it did then. On the screen you are the captain, and the others are played.

    \b
    Example:
      cockpit rehearse playbooks/shop.yaml -p version=2.4.1 --scenario errors
    """
    from cockpit.cli.rehearsing import again, prepared, start  # noqa: PLC0415  help and completion are faster without
    from cockpit.cli.starting import misfit, start_of  # noqa: PLC0415  the same
    from cockpit.cli.when import When  # noqa: PLC0415  the same

    headless = headless or not is_terminal()
    if headless:
        heed_signals()
    if recorded is None:
        plan, played = prepared(playbook, read_params(params), scenario, login())
    elif playbook or params or scenario:
        what = "PLAYBOOK" if playbook else "-p" if params else "--scenario"
        raise UsageError(
            f"{what} does not go with --recorded", hint="a recorded release has its plan, and goes as it went"
        )
    else:
        plan, played = again(recorded)
    when = When(played.day, played.not_before)
    for line in misfit(plan, start_of(plan, played.lifted, played.starts, when)):
        talk(line)
    pace = speed if speed is not None else 0.0 if headless else PACE
    place = start(plan, played, seed, pace, login(), alone=headless)
    named = f" in scenario {played.name}" if played.name else ""
    talk(f"REHEARSAL {place.release}{named}: nothing of it reaches production")
    if headless:
        from cockpit.cli.follow import follow_to_end  # noqa: PLC0415  asyncio only where it is needed

        follow_to_end(place, form)
    else:
        from cockpit.cli.watch import open_screens  # noqa: PLC0415  the screens are imported only when they open

        open_screens(place, observe=False)


@click.command
@release_argument
@click.argument("fault", type=click.Choice(get_args(FaultKind)), metavar="FAULT")
@click.option("--host", "hosts", type=HOST, multiple=True, help="The host that it meets; without one, all of them.")
@click.option("--step", default="", metavar="STEP", help="The step that it meets.")
@click.option("--metric", default="", metavar="METRIC", help="The metric that it meets.")
@click.option("--role", default="", metavar="ROLE", help="Whose signature it is about.")
@click.option("--to", "value", type=float, metavar="NUMBER", help="What a metric jumps to, a command exits with.")
@click.option("--for", "lasts", type=SPAN, metavar="SPAN", help="How long it lasts; 5m unless something else is said.")
def fault(
    release: str,
    fault: FaultKind,
    hosts: tuple[str, ...],
    step: str,
    metric: str,
    role: str,
    value: float | None,
    lasts: float | None,
) -> None:
    """Let something go wrong in a rehearsal.

    \b
    Example:
      cockpit fault rehearsal-shop-1 host-down --host app-02 --for 3m
    """
    ask(release, Throw(kind=fault, hosts=hosts, step=step, metric=metric, role=role, value=value, lasts=lasts))
    talk(f"{release}: {fault}")


@click.command
@release_argument
@click.argument("speed", type=SPEED, metavar="N|max")
def speed(release: str, speed: float) -> None:
    """Let a rehearsal pass faster, or slower: so many seconds in one.

    \b
    Example:
      cockpit speed rehearsal-shop-1 30
    """
    ask(release, Hurry(speed=speed))
    talk(f"{release}: {f'{speed:g} times as fast' if speed else 'as fast as it goes'}")
