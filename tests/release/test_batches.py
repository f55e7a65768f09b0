"""Which hosts are touched, and when no further one is."""

from __future__ import annotations

from tests.release.script import Script, checked, make_plan, step

ONE_THEN_ALL = (("web-1",), ("web-2", "web-3"))


def test_a_batch_waits_until_every_host_of_the_one_before_has_ended() -> None:
    script = Script(make_plan(step("run", "deploy", batches=(("web-1", "web-2"), ("web-3",)))))
    script.play("""
        < start
        step-started deploy
        ! reach web-1
        ! reach web-2
        < hosts answer
        attempt-started deploy web-1 run 1
        attempt-started deploy web-2 run 1
        ! keeplock web-1
        ! try deploy web-1 run 1
        ! try deploy web-2 run 1
        < ended deploy web-1 run 1 0
        host-passed deploy web-1
        < ended deploy web-2 run 1 0
        host-passed deploy web-2
        ! reach web-3
        < hosts answer
        attempt-started deploy web-3 run 1
        ! try deploy web-3 run 1
    """)


def test_no_further_host_is_touched_once_more_than_fail_above_failed() -> None:
    batches = (("web-1", "web-2"), ("web-3", "web-4"))
    script = Script(make_plan(step("run", "deploy", batches=batches, fail_above=0.25))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 1
        host-failed deploy web-1 failed exit status 1
        < ended deploy web-2 run 1 1
        host-failed deploy web-2 failed exit status 1
    """)
    assert script.waiting() == ["answer deploy web-1", "answer deploy web-2"]


def test_tolerated_failures_let_the_next_batch_begin_and_still_want_an_answer() -> None:
    batches = (("web-1", "web-2"), ("web-3", "web-4"))
    script = Script(make_plan(step("run", "deploy", batches=batches, fail_above=0.25))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 1
        host-failed deploy web-1 failed exit status 1
        < ended deploy web-2 run 1 0
        host-passed deploy web-2
        ! reach web-3
        ! reach web-4
        < hosts answer
        attempt-started deploy web-3 run 1
        attempt-started deploy web-4 run 1
        ! try deploy web-3 run 1
        ! try deploy web-4 run 1
        < all pass
        host-passed deploy web-3
        host-passed deploy web-4
        < ana skip deploy web-1
        step-skipped deploy web-1
        step-passed deploy
        ended done
    """)


def test_a_share_is_exact_although_its_product_is_not() -> None:
    hosts = tuple(f"web-{number}" for number in range(100))
    script = Script(make_plan(step("run", "deploy", batches=(hosts[:99], hosts[99:]), fail_above=0.29)))
    script.feed("hosts answer").feed("\n".join(f"ended deploy {host} run 1 1" for host in hosts[:29])).feed("all pass")
    assert "reach web-99" in [script._effect(each) for each in script.wanted]


def test_a_first_host_that_fails_keeps_the_rest_untouched_even_if_it_is_tolerated() -> None:
    script = Script(make_plan(step("run", "deploy", batches=ONE_THEN_ALL, fail_above=0.5))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 1
        host-failed deploy web-1 failed exit status 1
    """)


def test_when_the_first_host_is_dropped_the_next_one_is_first_and_alone() -> None:
    script = Script(make_plan(step("run", "deploy", batches=ONE_THEN_ALL))).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 1
        host-failed deploy web-1 failed exit status 1
        < ana drop deploy
        host-dropped deploy web-1
        ! reach web-2
        < hosts answer
        attempt-started deploy web-2 run 1
        ! try deploy web-2 run 1
        < ended deploy web-2 run 1 0
        host-passed deploy web-2
        ! reach web-3
    """)


def test_a_first_host_let_go_by_itself_does_not_open_the_next_batch() -> None:
    plan = make_plan(step("run", "deploy", batches=ONE_THEN_ALL, if_fails="drop", fail_above=0.5))
    script = Script(plan).feed("hosts answer")
    script.play("""
        < ended deploy web-1 run 1 1
        host-failed deploy web-1 failed exit status 1
        host-dropped deploy web-1
        ! reach web-2
    """)


def test_a_dropped_host_takes_no_part_in_later_steps() -> None:
    plan = make_plan(step("run", "stop", hosts=("web-1", "web-2")), step("run", "start", hosts=("web-1", "web-2")))
    script = Script(plan).feed("hosts answer")
    script.play("""
        < ended stop web-1 run 1 0
        host-passed stop web-1
        < ended stop web-2 run 1 1
        host-failed stop web-2 failed exit status 1
        < ana drop stop web-2
        host-dropped stop web-2
        step-passed stop
        step-started start
        host-dropped start web-2
        attempt-started start web-1 run 1
        ! try start web-1 run 1
        < ended start web-1 run 1 0
        host-passed start web-1
        step-passed start
        ended done
    """)


def test_a_host_dropped_by_one_step_is_dropped_from_those_beside_it() -> None:
    two = ("web-1", "web-2")
    plan = make_plan(step("wait", "ready", seconds=1), step("run", "a", hosts=two, after=("ready",)),
                     step("run", "b", batches=(("web-1",), ("web-2",)), after=("ready",)))  # fmt: skip
    script = Script(plan).feed("+1s\nhosts answer")
    script.play("""
        < ended a web-2 run 1 1
        host-failed a web-2 failed exit status 1
        < ana drop a web-2
        host-dropped a web-2
        host-dropped b web-2
        < ended b web-1 run 1 0
        host-passed b web-1
        step-passed b
    """)


def test_a_step_without_a_host_left_is_skipped_and_has_not_passed() -> None:
    plan = make_plan(
        step("run", "backup"),
        step("run", "migrate"),
        step("do", "call", text="call", when="migrate.passed"),
    )
    script = Script(plan).feed("hosts answer\nended backup web-1 run 1 1")
    script.play("""
        < ana drop backup
        host-dropped backup web-1
        step-skipped backup
        step-started migrate
        host-dropped migrate web-1
        step-skipped migrate
        step-skipped call
        ended done
    """)


def test_a_dropped_host_takes_part_in_the_rollback() -> None:
    plan = make_plan(step("run", "deploy"), back=(step("run", "undo"),))
    script = Script(plan).feed("hosts answer\nended deploy web-1 run 1 1\nana drop deploy")
    script.play("""
        < ana rollback rel
        rollback-started
        step-started undo
        attempt-started undo web-1 run 1
        ! try undo web-1 run 1
    """)


def test_a_host_dropped_in_the_rollback_is_dropped_from_the_rest_of_it() -> None:
    plan = make_plan(step("run", "deploy"), back=(step("run", "undo"), step("run", "restart")))
    script = Script(plan).feed("hosts answer\nana rollback rel\nended deploy web-1 run 1 stopped")
    script.play("""
        < ended undo web-1 run 1 1
        host-failed undo web-1 failed exit status 1
        < ana drop undo
        host-dropped undo web-1
        step-skipped undo
        step-started restart
        host-dropped restart web-1
        step-skipped restart
        ended rolled_back
    """)


def test_the_check_of_every_host_counts_before_the_next_batch() -> None:
    plan = make_plan(step("run", "deploy", batches=(("web-1", "web-2"), ("web-3",)), check=checked()))
    script = Script(plan).feed("hosts answer\nended deploy web-1 run 1 0\nended deploy web-2 run 1 0")
    script.play("""
        < ended deploy web-1 check 1 0
        host-passed deploy web-1
        < ended deploy web-2 check 1 1
    """)
