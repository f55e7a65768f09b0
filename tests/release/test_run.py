"""A run step on hosts."""

from __future__ import annotations

from tests.release.script import Script, checked, make_plan, step


def test_a_host_is_reached_and_locked_before_anything_starts() -> None:
    Script(make_plan(step("run", "deploy"))).play("""
        < start
        step-started deploy
        ! reach web-1
        < reached web-1
        ! keeplock web-1
        < locked web-1
        attempt-started deploy web-1 run 1
        ! try deploy web-1 run 1
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        step-passed deploy
        ended done
    """)


def test_the_first_host_must_be_healthy_before_the_rest() -> None:
    plan = make_plan(step("run", "deploy", batches=(("web-1",), ("web-2", "web-3")), check=checked(every=5)))
    script = Script(plan)
    script.play("""
        < start
        step-started deploy
        ! reach web-1
        < reached web-1
        ! keeplock web-1
        < locked web-1
        attempt-started deploy web-1 run 1
        ! try deploy web-1 run 1
        < ended deploy web-1 run 1 0
        attempt-started deploy web-1 check 1
        ! try deploy web-1 check 1
        < ended deploy web-1 check 1 1
        < +5s
        attempt-started deploy web-1 check 2
        ! try deploy web-1 check 2
        < ended deploy web-1 check 2 0
        host-passed deploy web-1
        ! reach web-2
        ! reach web-3
    """)
