"""What the other panes say."""

from __future__ import annotations

from msgspec.structs import replace

from cockpit.playbook.plan import Run
from cockpit.release import events as happened
from screens.dialogs.commands import commands
from screens.panes.footer import footer
from screens.panes.outlook import outlook
from screens.panes.past import newest
from screens.panes.stage import stage
from screens.view import View
from tests.screens import asked, release
from tests.screens.seen import lines, view


def shown(one: View, width: int = 70) -> list[str]:
    found = stage(one)
    return [" ".join(line.split()) for line in lines(found.rows, found.columns, width)]


def test_hosts_say_state_time_and_exit() -> None:
    assert "✖ web-2 failed 52 s 1" in shown(view(release.failed()))


def test_notice_names_the_key_for_what_it_asks_once_it_is_its_turn() -> None:
    assert "captain supplies it: [d]" in shown(view(asked.telling()))
    before = asked.again(release.waiting(), asked.with_steps("watch", release.SMOKE, release.SOAK, asked.NOTICE))
    assert "captain supplies it, once it is its turn" in shown(view(before, selected="tell"))


def test_a_silent_host_says_for_how_long() -> None:
    assert "▶ web-2 running 0:08 silent 8 s" in shown(view(release.deploying(), 8))


def test_a_host_that_printed_just_now_is_not_silent() -> None:
    one = view(release.deploying(), 60, heard={"rest-web-2-run-1": release.deploying().at + 58})
    assert "▶ web-2 running 1:00" in shown(one)


def test_long_silence_stands_out() -> None:
    assert "▶ web-2 running 1:40 ! silent 1:40" in shown(view(release.deploying(), 100))


def test_batches_are_counted() -> None:
    assert "batch 1 of 2 · 0 of 1 host done" in shown(view(release.deploying()))
    assert stage(view(release.deploying())).title == "Deploy rest · web · batch 1 of 2 · 0 of 2 passed"


def test_a_lost_link_is_said_and_that_the_command_goes_on() -> None:
    script = release.deploying().after(1, happened.LinkLost(host="web-2", reason="reset"))
    assert any("link lost, command goes on" in line for line in shown(view(script)))


def test_items_say_who_when_and_what_shows_it() -> None:
    found = shown(view(release.checklist()))
    assert "✔ Tests are green true, ana 13:01:05" in found
    assert "https://ci.example/orders/1893" in found
    assert "◇ On-call knows open" in found


def test_a_shut_gate_says_why() -> None:
    found = shown(view(release.at_first_gate()))
    assert found[0] == "✖ stays shut: sre must still sign; 1 of 2 different people have signed"
    assert "◇ sre waits for 1 of chen or dee" in found


def test_a_sign_off_says_who_when_and_on_what() -> None:
    script = release.ready_to_go()
    found = next(line for line in shown(view(script), 90) if "chen" in line)
    assert found.startswith("✔ sre chen yes 13:03:42 on ")
    assert found.endswith(": error budget is fine")


def test_a_sign_off_over_something_else_is_void() -> None:
    script = release.ready_to_go()
    script.after(1, happened.StepDone(step="backup", by="ana", note="changed"))
    assert any("void: what it covered has changed" in line for line in shown(view(script), 90))


def test_a_wait_says_when_it_ends_by_itself_and_what_stops_it() -> None:
    found = shown(view(release.waiting(), 40))
    assert "goes on by itself at 13:17:36 UTC, in 9:20" in found
    assert "[h] holds the release, [R] rolls it back" in found


def test_outlook_answers_who_what_next_and_the_way_back() -> None:
    assert lines(outlook(view(release.deploying())), width=80) == [
        "waits for nobody",
        "next      Smoke test, Soak, by itself once Deploy rest has passed; then Tell the",
        "          shop, by a person",
        "way back  [R] 2 steps on 3 hosts: Check out the old tag, Old version answers,",
        "          stops 1 running first",
    ]


def test_outlook_says_you_to_whoever_is_asked() -> None:
    assert lines(outlook(view(release.at_first_gate(), login="chen")))[0].startswith("waits for you [s]: sign as sre: ")


def test_markup_of_people_stays_text() -> None:
    script = release.deploying().after(1, happened.Held(by="ana", note="[red]\x1b[2J[/red]"))
    assert any("[red]␛[2J[/red]" in line for line in lines(outlook(view(script))))


def test_the_footer_puts_what_is_asked_first() -> None:
    assert [key.action for key in footer(view(release.failed()))][:2] == ["answer", "open"]


def test_the_footer_greys_what_an_observer_may_not_do() -> None:
    keys = {key.action: key.enabled for key in footer(view(release.deploying(), observer=True))}
    assert (keys["hold"], keys["rollback"], keys["abort"], keys["output"]) == (False, False, False, True)


def test_the_newest_event_comes_first() -> None:
    assert (
        "".join(bit.text for bit in newest(view(release.failed()))[0].content)
        == "13:06:45 rest failed on web-2: exit 1"
    )


def test_addresses_that_are_not_known_yet_are_named() -> None:
    found = lines(tuple(commands((release.PROOF,), release.at_first_gate().state)))
    assert "    GET http://<address>:8080/health" in found


def test_addresses_that_are_known_are_shown_for_each_host() -> None:
    found = lines(tuple(commands((release.PROOF,), release.deploying().state)))
    assert [line.strip() for line in found if "GET" in line] == [
        f"GET http://10.0.0.{number}:8080/health" for number in (11, 12, 13)
    ]


def test_a_step_whose_condition_is_false_is_said_to_be_skipped() -> None:
    step = replace(release.BACK, when="rest.started")
    found = lines(tuple(commands((step,), release.at_first_gate().state)))
    assert found[0] == "  Check out the old tag  skipped: not when rest.started"


def test_the_footer_keeps_the_way_out_where_room_is_short() -> None:
    stays = {key.action for key in footer(view(release.at_first_gate(), observer=True)) if key.stays}
    assert stays == {"rollback", "abort", "leave", "help"}


def _ticking(*more: happened.AnyEvent) -> list[str]:
    """What is shown of a checklist of which a command ticks the first item."""
    by = Run(id="ready-tests", phase="prepare", command="ci", group="here", batches=(("here",),), ticks="ready")
    first = replace(release.READY.items[0], by=by.id)
    checklist = replace(release.READY, items=(first, *release.READY.items[1:]))
    phases = (replace(release.PLAN.phases[0], steps=(checklist, by, *release.PLAN.phases[0].steps[1:])),)
    script = release.Script(plan=replace(release.PLAN, phases=(*phases, *release.PLAN.phases[1:])))
    script.begin("ready").after(0, happened.StepStarted(step="ready-tests"))
    for event in more:
        script.after(1, event)
    return shown(view(script))


def test_an_item_that_ticks_itself_says_that_it_is_being_checked() -> None:
    assert "▶ Tests are green is being checked: running 0:00" in _ticking()


def test_an_item_whose_check_failed_says_which_key_answers() -> None:
    failed = happened.HostFailed(step="ready-tests", host="here", outcome="failed", reason="exit status 1")
    assert "✖ Tests are green its check failed: [w] answers" in _ticking(failed)


def test_an_item_that_ticked_itself_says_so_with_what_shows_it() -> None:
    found = _ticking(happened.ItemTicked(step="ready", item="tests", by="cockpit", evidence="here: exit 0 in 1.2 s"))
    assert "✔ Tests are green true, by itself 13:00:02" in found
    assert "here: exit 0 in 1.2 s" in found
