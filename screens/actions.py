"""The one registry of what can be done: it feeds keys, footer, palette and help.

Whether something may be done now is what the deciding core would say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message

from cockpit.playbook.plan import Checklist, Do, Gate
from cockpit.release.decide import decide
from cockpit.release.intents import (
    Abort,
    Acknowledge,
    AnyIntent,
    Back,
    Captaincy,
    Close,
    Decide,
    Done,
    Drop,
    Go,
    Hold,
    NoGo,
    Refusal,
    Resume,
    Retry,
    RollBack,
    Settle,
    Sign,
    Skip,
    Stop,
    Tick,
    Veto,
    Waive,
)
from cockpit.release.people import has_role, is_captain, may_act, rollback_word
from cockpit.release.standing import current, gate_criteria, owners_of, running, waiting_for
from cockpit.release.state import State, StepState

WhyNot = Callable[[State, str, bool], str]
"""From state, login and whether it only watches: empty when it may be done now, else the reason why not."""


class Act(Message):
    """An action was asked for, by its id."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action


@dataclass(frozen=True)
class Action:
    """Something that can be done: `keys` by Textual's names, `palette` as `group: Verb object`.

    The keys of `always` do it on every screen, while a line is typed too.
    """

    id: str
    keys: str
    label: str
    palette: str
    help: str
    intents: tuple[type[AnyIntent], ...] = ()
    why_not: WhyNot = lambda _state, _login, _observer: ""
    weight: int = 0
    always: str = ""

    @property
    def key(self) -> str:
        """Its first key, as people write it."""
        return shown_key(self.keys.split(",")[0])

    @property
    def tooltip(self) -> str:
        """Key and what it does, in a line."""
        return f"{self.key}: {self.help}"


def shown_key(key: str) -> str:
    """A key as people write it: `?` for `question_mark`."""
    names = {"question_mark": "?", "colon": ":", "slash": "/", "escape": "esc", "left": "←", "right": "→"}
    return names.get(key, key)


WATCHING = "you only watch: attach without --observe to act"
NOT_BEGUN = "the release has not begun"


def _asking(make: Callable[[State], AnyIntent]) -> WhyNot:
    def why_not(state: State, login: str, observer: bool) -> str:
        if observer:
            return WATCHING
        if state.plan is None:
            return NOT_BEGUN
        answer = decide(state, login, make(state))
        return answer.reason if isinstance(answer, Refusal) else ""

    return why_not


def _on(kind: type, what: str) -> Callable[[WhyNot], WhyNot]:
    def wrap(inner: WhyNot) -> WhyNot:
        def why_not(state: State, login: str, observer: bool) -> str:
            if state.plan is None:
                return NOT_BEGUN
            return inner(state, login, observer) if open_step(state, kind) else f"no {what} is open"

        return why_not

    return wrap


def open_step(state: State, kind: type) -> StepState | None:
    """The step of a kind whose turn it is: the current one before others."""
    if state.plan is None or state.end or state.aborted:
        return None
    ones = [one for one in (current(state), *(state.steps[step.id] for step in state.track)) if one is not None]
    return next((one for one in ones if one.status == "running" and isinstance(one.step, kind)), None)


def _gate(state: State, login: str, observer: bool) -> str:
    if observer:
        return WATCHING
    return "" if is_captain(state, login) else f"only the captain opens it: {state.captain}"


def _sign(state: State, login: str, _observer: bool) -> str:
    one = open_step(state, Gate)
    asked = one.step.sign if one is not None and isinstance(one.step, Gate) else {}
    if not asked:
        return "this gate asks for no sign-off"
    if any(has_role(state, login, role) for role in asked):
        return ""
    return f"you are none of {', '.join(asked)}"


def _owned(kind: type) -> WhyNot:
    def why_not(state: State, login: str, _observer: bool) -> str:
        one = open_step(state, kind)
        if one is None or may_act(state, login, one.step.owner):
            return ""
        return f"{', '.join(one.step.owner) or 'the captain'} does it, and you are not"

    return why_not


def _waives(state: State, login: str, _observer: bool) -> str:
    one = open_step(state, Gate)
    if one is None or not isinstance(one.step, Gate) or not gate_criteria(state, one, one.step):
        return "no criterion keeps this gate shut"
    if any(has_role(state, login, role) for role in one.step.waiver):
        return ""
    return (
        f"{' or '.join(one.step.waiver)} may waive, and you are not"
        if one.step.waiver
        else "nothing can be waived here"
    )


def announced(state: State) -> tuple[str, ...]:
    """The rules that will roll the release back by themselves, the soonest first."""
    if state.plan is None or state.end or state.aborted:
        return ()
    found = [(one.announced, rule) for rule, one in state.rules.items() if one.announced is not None]
    return tuple(rule for _, rule in sorted(found))


def undecided(state: State) -> tuple[str, ...]:
    """The rules about which somebody is to decide, the soonest first."""
    if state.plan is None or state.end or state.aborted:
        return ()
    found = [
        (one.due if one.due is not None else state.at + 1e9, rule) for rule, one in state.rules.items() if one.asked
    ]
    return tuple(rule for _, rule in sorted(found))


def unseen(state: State) -> tuple[str, ...]:
    """The rules that do not pass, and that nobody has said to have seen."""
    if state.plan is None or state.end or state.aborted:
        return ()
    ones = state.rules.items()
    return tuple(rule for rule, one in ones if one.verdict not in (None, "passing") and not one.acknowledged)


def _vetoes(state: State, login: str, observer: bool) -> str:
    if observer:
        return WATCHING
    if not announced(state):
        return "no rollback is announced"
    return "" if is_captain(state, login) else f"only the captain vetoes: {state.captain}"


def _acknowledges(state: State, _login: str, _observer: bool) -> str:
    return "" if unseen(state) else "every rule passes, or was seen"


def _answers(state: State, login: str, observer: bool) -> str:
    if any(may_act(state, login, owners_of(state, rule)) for rule in undecided(state)):
        return ""
    if observer:
        return WATCHING
    kinds = ("answer", "settle", "condition", "lock")
    if undecided(state):
        owners = {owner for rule in undecided(state) for owner in owners_of(state, rule)}
        return f"{', '.join(sorted(owners)) or 'the captain'} decides, and you are not"
    if state.plan is None or not any(one.what in kinds for one in waiting_for(state)):
        return "nothing waits for an answer"
    return "" if is_captain(state, login) else f"only the captain answers: {state.captain}"


def _stops(state: State, login: str, observer: bool) -> str:
    if observer:
        return WATCHING
    if state.plan is None or not running(state):
        return "nothing runs"
    return "" if is_captain(state, login) else f"only the captain stops: {state.captain}"


def _captaincy(state: State, _login: str, observer: bool) -> str:
    if observer:
        return WATCHING
    return "the release is closed" if state.closed or state.plan is None else ""


def _measures(state: State, _login: str, _observer: bool) -> str:
    return "" if state.rules else "this playbook has no rules: nothing is judged"


ACTIONS: tuple[Action, ...] = (
    Action(
        "gate",
        "g",
        "go / no-go",
        "gate: Open or refuse the gate",
        "criteria, sign-offs, what runs next; then go or no-go",
        (Go, NoGo),
        _on(Gate, "gate")(_gate),
        9,
    ),
    Action(
        "sign",
        "s",
        "sign",
        "gate: Sign for a role",
        "a role's yes or no over exactly what is shown",
        (Sign,),
        _on(Gate, "gate")(_sign),
        9,
    ),
    Action(
        "tick",
        "t",
        "tick",
        "checklist: Tick an item",
        "say that an item is true, with evidence, or does not apply",
        (Tick,),
        _on(Checklist, "checklist")(_owned(Checklist)),
        9,
    ),
    Action(
        "done",
        "d",
        "done",
        "step: Say that it is done",
        "what a person does is done",
        (Done,),
        _on(Do, "step that a person does")(_owned(Do)),
        9,
    ),
    Action(
        "veto",
        "v",
        "veto",
        "rule: Veto a rollback",
        "stop a rollback that a rule has announced; needs a reason",
        (Veto,),
        _vetoes,
        10,
        always="f9",
    ),
    Action(
        "ack",
        "y",
        "seen",
        "rule: Say that it was seen",
        "a rule that does not pass was seen by you; stops the reminder",
        (Acknowledge,),
        _acknowledges,
        4,
    ),
    Action(
        "waive",
        "W",
        "waive",
        "gate: Waive a criterion",
        "let a gate pass without a criterion; needs a role and a reason",
        (Waive,),
        _on(Gate, "gate")(_waives),
        8,
    ),
    Action(
        "back",
        "B",
        "batch back",
        "step: Take the last batch back",
        "undo the batch that was begun last, and hold",
        (Back,),
        _asking(lambda _: Back(note="-")),
        1,
    ),
    Action(
        "answer",
        "w",
        "answer",
        "host: Answer what waits",
        "a decision, a failed or unknown host, a locked host, an unknown condition",
        (Retry, Drop, Skip, Settle, Decide),
        _answers,
        9,
    ),
    Action(
        "open",
        "enter",
        "open",
        "view: Open what is under the cursor",
        "look at a step; on an open item, gate or failed host: act on it",
        weight=8,
    ),
    Action(
        "hold",
        "h",
        "hold",
        "release: Hold",
        "nothing new starts; what runs finishes",
        (Hold,),
        _asking(lambda _: Hold()),
        7,
    ),
    Action("resume", "u", "resume", "release: Resume", "end the hold", (Resume,), _asking(lambda _: Resume()), 9),
    Action(
        "rollback",
        "R",
        "roll back",
        "release: Roll back",
        "stop what runs, then the way back; asks for a word to be typed",
        (RollBack,),
        _asking(lambda state: RollBack(confirm=rollback_word(state))),
        6,
    ),
    Action(
        "abort",
        "A",
        "abort",
        "release: Abort",
        "stop here: what runs is stopped, nothing more starts",
        (Abort,),
        _asking(lambda _: Abort()),
        5,
    ),
    Action(
        "close",
        "X",
        "close",
        "release: Close",
        "after the end: remove locks and run folders from the hosts",
        (Close,),
        _asking(lambda _: Close()),
        8,
    ),
    Action(
        "stop",
        "S",
        "stop",
        "step: Stop what runs",
        "kill the running commands of a step, on one host or all",
        (Stop,),
        _stops,
        1,
    ),
    Action(
        "captain",
        "C",
        "captaincy",
        "release: Hand over the captaincy",
        "offer, accept or take the captaincy",
        (Captaincy,),
        _captaincy,
        1,
    ),
    Action(
        "output",
        "o",
        "output",
        "view: Open the output",
        "what the commands of this step print, on the whole screen",
        weight=4,
    ),
    Action(
        "metrics",
        "m",
        "metrics",
        "view: Open the metrics",
        "charts, rules, how near each is to firing",
        why_not=_measures,
        weight=4,
    ),
    Action("journal", "e", "evidence", "view: Open the journal", "everything that happened, an event a line", weight=3),
    Action("search", "slash", "search", "view: Search", "find a text in the output or the journal", weight=1),
    Action("timeline", "1", "timeline", "view: Timeline pane", "phases and steps"),
    Action("stage", "2", "step", "view: Step pane", "hosts, checklist or gate of the step"),
    Action("tail", "3", "output", "view: Output pane", "what is printed now"),
    Action(
        "telemetry",
        "4",
        "telemetry",
        "view: Telemetry pane",
        "a tile for each metric that a rule uses",
        why_not=_measures,
    ),
    Action(
        "current", "escape", "current step", "view: Follow the current step", "back to the step that things happen in"
    ),
    Action("palette", "colon,ctrl+p", "palette", "view: Open the palette", "find any action by its name", weight=4),
    Action("help", "question_mark", "help", "view: Help", "what the keys do here", weight=5),
    Action(
        "leave",
        "q",
        "leave",
        "release: Leave it running",
        "close this screen; the release goes on",
        weight=2,
        always="ctrl+c,ctrl+q",
    ),
)

BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def bindings(ids: tuple[str, ...] = tuple(BY_ID)) -> list[Binding]:
    """Bindings for these actions; a keymap may give them other keys by their ids."""
    ones = [BY_ID[each] for each in ids]
    return [
        *(Binding(one.keys, f"act('{one.id}')", one.label, show=False, tooltip=one.tooltip, id=one.id) for one in ones),
        *(Binding(one.always, f"anywhere('{one.id}')", show=False, priority=True) for one in ones if one.always),
    ]


def remapped(keymap: Mapping[str, str]) -> tuple[Action, ...]:
    """The actions with the keys of a keymap, from action ids to keys separated by commas."""
    from dataclasses import replace  # noqa: PLC0415  only where keys are remapped

    return tuple(replace(one, keys=keymap.get(one.id, one.keys)) for one in ACTIONS)
