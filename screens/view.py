"""What one person looks at: the release, the moment, who looks, and how the engine is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from cockpit.analysis.rule import Judgement
from cockpit.playbook.plan import BLOCK, Step
from cockpit.release.block import blocking
from cockpit.release.order import is_complete
from cockpit.release.people import has_role, is_barred, people_of
from cockpit.release.schedule import Times, lateness, length, schedule
from cockpit.release.slack import Slack, slack
from cockpit.release.standing import Standing, current, standing
from cockpit.release.state import State, StepState
from cockpit.release.waiting import Waiting, waiting_for
from screens.actions import ACTIONS, Action
from screens.chronicle import Entry
from screens.traces import Key, Trace

Reach = Literal["connecting", "catching up", "live", "lost"]
"""How the engine is reached."""


FROM_OBSERVERS = ("sign-off", "item", "step", "decision", "acknowledgement", "look")
"""What is waited for that somebody who only watches may give."""

PLANNED = ("gate", "sign-off", "item", "step", "assign", "look")
"""What is waited for because the plan says so, and not because something went wrong."""

NOTHING = State()


@dataclass(frozen=True)
class View:
    """One moment of one release, as one login sees it. `now` in seconds since 1970.

    `connected` counts clients by login. `heard` says when each attempt last printed something, `unlinked` why its link
    is lost, `tails` the last bytes that they printed; `room` says what is not done for want of room on the engine's
    disk; `selected` is the step looked at, if not the current one. `traces` are what was measured lately, `judgements`
    where the rules stand, by name. In a rehearsal `pace` is how many seconds really pass there in one (None: not said
    yet), and `player` is who sits there while `login` is played.
    """

    state: State = NOTHING
    now: float = 0.0
    login: str = ""
    observer: bool = False
    reach: Reach = "connecting"
    trouble: str = ""
    connected: Mapping[str, int] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    heard: Mapping[str, float] = field(default_factory=dict)
    unlinked: Mapping[str, str] = field(default_factory=dict)
    tails: Mapping[str, bytes] = field(default_factory=dict)
    room: str = ""
    selected: str = ""
    traces: Mapping[Key, Trace] = field(default_factory=dict)
    judgements: Mapping[str, Judgement] = field(default_factory=dict)
    pace: float | None = None
    player: str = ""
    actions: tuple[Action, ...] = ACTIONS

    @property
    def ready(self) -> bool:
        """Whether there is a plan to show."""
        return self.state.plan is not None

    @property
    def rehearsed(self) -> bool:
        """Whether nothing of it is real."""
        return self.state.mode == "rehearsal"

    @property
    def badge(self) -> str:
        """The release and whether it is real, for the edge of a screen."""
        mode = "REHEARSAL" if self.rehearsed else "LIVE"
        played = f" · you play {self.login}" if self.player else ""
        return f"{mode} · {self.state.release}{played}" if self.ready else ""

    def key(self, action: str) -> str:
        """The key of an action as people write it, in brackets."""
        return next(f"[{one.key}]" for one in self.actions if one.id == action)

    @cached_property
    def standing(self) -> Standing:
        """The one word for where the release stands."""
        return standing(self.state)

    @cached_property
    def waiting(self) -> tuple[Waiting, ...]:
        """Everything that is waited for from people, first what went wrong; what comes by itself is `early`."""
        found = (one for one in self._waiting if one.what != "early")
        return tuple(sorted(found, key=lambda one: one.what in PLANNED))

    @cached_property
    def early(self) -> tuple[Waiting, ...]:
        """The steps that wait for nothing but their time, and that the captain may begin before it."""
        return tuple(one for one in self._waiting if one.what == "early")

    @cached_property
    def _waiting(self) -> tuple[Waiting, ...]:
        if not self.ready:
            return ()
        return tuple(one for one in waiting_for(self.state) if one.since is None or self.now >= one.since)

    @cached_property
    def mine(self) -> tuple[Waiting, ...]:
        """What is waited for from this login; who only watches still signs, ticks and says that a step is done."""
        kinds = FROM_OBSERVERS if self.observer else None
        asked = (one for one in self.waiting if kinds is None or one.what in kinds)
        return tuple(one for one in asked if is_for(self.state, one, self.login))

    @cached_property
    def times(self) -> Mapping[str, Times]:
        """Planned and expected times by step."""
        return schedule(self.state, self.now if self.state.ended is None else self.state.ended)

    @cached_property
    def late(self) -> float | None:
        """Seconds behind the plan; None where the plan says nothing of lengths and times."""
        if not self.ready or not any(length(step) or step.planned for step in self.state.track):
            return None
        return lateness(self.state, self.now if self.state.ended is None else self.state.ended)

    @cached_property
    def slack(self) -> Slack | None:
        """How much later what is ahead may end; None where no calendar says it."""
        return slack(self.state, self.times, self.now) if self.ready else None

    @cached_property
    def critical(self) -> frozenset[str]:
        """The steps that must not take longer; none where all that is left is so, or nothing says how long it takes."""
        left = [one for name, one in self.times.items() if not is_complete(self.state.steps[name]) and not one.later]
        found = frozenset(name for name, one in self.times.items() if one.critical)
        return found if self.late is not None and len(found) < len(left) else frozenset()

    @cached_property
    def current(self) -> StepState | None:
        """The step that things happen in."""
        return current(self.state) if self.ready else None

    @cached_property
    def shown(self) -> StepState | None:
        """The step looked at: the selected one, or the current one; after a rollback what is due then."""
        due = BLOCK if self.state.end is not None and not self.state.closed and blocking(self.state) else ""
        return self.state.steps.get(self.selected or due) or self.current


def is_for(state: State, one: Waiting, login: str) -> bool:
    """Whether this login may give what is waited for."""
    if one.what == "sign-off" and is_barred(state, state.steps[one.step].step, login):
        return False
    return any(who == login or login in people(state, who) for who in one.who)


def people(state: State, role: str) -> tuple[str, ...]:
    """The logins of a role; none for what is no role."""
    return people_of(state, role)


def roles_of(state: State, login: str) -> tuple[str, ...]:
    """The roles that this login may act as."""
    return tuple(name for name in state.the_plan.roles if has_role(state, login, name))


def who_text(state: State, one: Waiting) -> str:
    """Who is waited for, as people say it: `sre: chen or dee`, `ana, captain`."""
    named = []
    for who in one.who:
        logins = people(state, who)
        if logins:
            named.append(f"{who}: {' or '.join(logins)}")
        else:
            named.append(f"{who}, captain" if who == state.captain else who)
    return "; ".join(named)


def step_title(step: Step) -> str:
    """A step's title, or its id."""
    return step.title or step.id
