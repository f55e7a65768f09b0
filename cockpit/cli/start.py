"""`cockpit run`: start a release, then open it, or follow it as lines."""

from __future__ import annotations

from pathlib import Path

import click

from cockpit.cli.common import at_option, format_option, login, note_option, params_option, read_params
from cockpit.cli.console import heed_signals, is_terminal, talk
from cockpit.cli.names import PLAYBOOK, ROLE
from cockpit.errors import Refused


@click.command
@click.argument("playbook", type=PLAYBOOK)
@click.option("--release", required=True, metavar="ID", help="The release's own name, never used twice.")
@params_option
@at_option
@click.option("--headless", is_flag=True, help="No screen: follow as lines, and exit with the outcome.")
@click.option("--lift", "freezes", multiple=True, metavar="FREEZE", help="A freeze that does not count this time.")
@click.option("--role", default="", type=ROLE, help="The role that you lift it for.")
@note_option
@format_option
def run(
    playbook: Path,
    release: str,
    params: tuple[str, ...],
    when: str,
    headless: bool,
    freezes: tuple[str, ...],
    role: str,
    note: str,
    form: str,
) -> None:
    """Start a release and open it. Leaving the screen, or losing it, changes nothing in the release.

    It is refused where the playbook's calendar leaves it too little time; the next possible start is said then.
    With --at this is about that day or moment, and so are the times of its steps.

    Without a terminal it is headless: no question is asked, and --format json gives one object a line.

    \b
    Example:
      cockpit run playbooks/shop.yaml --release shop-2.4.1 -p version=2.4.1
    """
    from cockpit.cli.begin import begin, prepare  # noqa: PLC0415  completion is faster without
    from cockpit.cli.earlier import changed_lines, earlier, unblocked  # noqa: PLC0415  the same
    from cockpit.cli.practised import lately, practised_lines  # noqa: PLC0415  the same
    from cockpit.cli.starting import day_lines, granted, lifts, start_lines, start_of  # noqa: PLC0415  the same
    from cockpit.cli.when import when_of  # noqa: PLC0415  the same
    from cockpit.playbook import load  # noqa: PLC0415  the same

    plan = load.plan(playbook, read_params(params), login())
    lifted = lifts(plan, login(), freezes, role, note)
    place, values = prepare(release, plan)
    before = earlier(plan)
    unblocked(plan, before, {each.freeze for each in lifted})
    said = when_of(when, plan.zone)
    start = start_of(plan, lifted, when=said)
    granted(plan, start)
    known = (*changed_lines(plan, before), *practised_lines(lately(plan.digest)))
    rehearsed = (*known, *start_lines(plan, start), *day_lines(plan, start))
    for line in rehearsed:
        talk(f"{release}: {line}")
    headless = headless or not is_terminal()
    if not headless:
        from screens.start import confirm_start  # noqa: PLC0415  the screens are imported only when they open

        if not confirm_start(plan, release, rehearsed=rehearsed):
            raise Refused(f"{release} was not started")
    else:
        heed_signals()
    start = start_of(plan, lifted, when=said)
    granted(plan, start)  # it may have waited for an answer
    begin(place, plan, values, start)
    talk(f"{release}: started; `cockpit attach {release}` comes back to it from anywhere on this machine")
    if headless:
        from cockpit.cli.follow import follow_to_end  # noqa: PLC0415  asyncio only where it is needed

        follow_to_end(place, form)
    else:
        from cockpit.cli.watch import open_screens  # noqa: PLC0415  the screens are imported only when they open

        open_screens(place, observe=False)
