"""The one registry of what can be done: it feeds keys, footer, palette and help.

Whether something may be done now is what the deciding core would say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.binding import Binding
from textual.message import Message

from cockpit.playbook.plan import Checklist, Gate
from cockpit.release.intents import (
    Abort,
    Acknowledge,
    AnyIntent,
    Assign,
    Back,
    Captaincy,
    Close,
    Decide,
    Done,
    Drop,
    Go,
    Hold,
    Hurry,
    LetPlay,
    Look,
    NoGo,
    Report,
    Resume,
    Retry,
    RollBack,
    RunManual,
    Settle,
    Sign,
    Skip,
    Stop,
    Throw,
    Tick,
    Veto,
    Waive,
)
from cockpit.release.people import rollback_word
from screens.reasons import (
    PERSONS,
    WhyNot,
    acknowledges,
    answers,
    asking,
    assigns,
    at,
    drives,
    hurries,
    looks_owed,
    measures,
    opens_gate,
    orders,
    owned,
    redeploys,
    rehearses,
    reports,
    scored,
    signs,
    slows,
    stops,
    vetoes,
    waives,
)


class Act(Message):
    """An action was asked for, by its id; in a rehearsal perhaps by somebody who is `played`, on a `row`."""

    def __init__(self, action: str, played: str = "", row: str = "") -> None:
        super().__init__()
        self.action = action
        self.played = played
        self.row = row


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
    names |= {"exclamation_mark": "!", "plus": "+", "equals_sign": "=", "minus": "-"}
    return names.get(key, key)


ACTIONS: tuple[Action, ...] = (
    Action(
        "gate",
        "g",
        "go / no-go",
        "gate: Open or refuse the gate",
        "criteria, sign-offs, what runs next; then go or no-go",
        (Go, NoGo),
        at(Gate, "gate")(opens_gate),
        9,
    ),
    Action(
        "sign",
        "s",
        "sign",
        "gate: Sign for a role",
        "a role's yes or no over exactly what is shown",
        (Sign,),
        at(Gate, "gate")(signs),
        9,
    ),
    Action(
        "tick",
        "t",
        "tick",
        "checklist: Tick an item",
        "say that an item is true, with evidence, or does not apply",
        (Tick,),
        at(Checklist, "checklist")(owned(Checklist)),
        9,
    ),
    Action(
        "done",
        "d",
        "done",
        "step: Say that it is done",
        "what a person does is done",
        (Done,),
        at(PERSONS, "step that a person does")(owned(PERSONS)),
        9,
    ),
    Action(
        "assign",
        "i",
        "assign",
        "release: Assign a role",
        "say who a role is that is assigned during the release",
        (Assign,),
        assigns,
        8,
    ),
    Action(
        "veto",
        "v",
        "veto",
        "rule: Veto a rollback",
        "stop a rollback that a rule has announced; needs a reason",
        (Veto,),
        vetoes,
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
        acknowledges,
        4,
    ),
    Action(
        "report",
        "exclamation_mark",
        "report",
        "rule: Report what you see",
        "what a rule asks people about is so, or is over; needs a reason",
        (Report,),
        reports,
        3,
    ),
    Action(
        "look",
        "l",
        "looked",
        "step: Say that you have looked",
        "record a look that a step asks for every so often, with a note",
        (Look,),
        looks_owed,
        4,
    ),
    Action(
        "waive",
        "W",
        "waive",
        "gate: Waive a criterion",
        "let a gate pass without a criterion; needs a role and a reason",
        (Waive,),
        at(Gate, "gate")(waives),
        8,
    ),
    Action(
        "back",
        "B",
        "batch back",
        "step: Take the last batch back",
        "undo the batch that was begun last, and hold",
        (Back,),
        asking(lambda _: Back(note="-")),
        1,
    ),
    Action(
        "redeploy",
        "D",
        "redeploy",
        "step: Redeploy and soak again",
        "do the steps before a soak again, and then all of it",
        (Retry,),
        redeploys,
        2,
    ),
    Action(
        "manual",
        "M",
        "by hand",
        "step: Run a command by hand",
        "a command that no step runs, after the question that comes first",
        (RunManual,),
        orders,
        1,
    ),
    Action(
        "answer",
        "w",
        "answer",
        "host: Answer what waits",
        "a decision, a failed, unknown or locked host, a condition, a time",
        (Retry, Drop, Skip, Settle, Decide),
        answers,
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
        asking(lambda _: Hold()),
        7,
    ),
    Action("resume", "u", "resume", "release: Resume", "end the hold", (Resume,), asking(lambda _: Resume()), 9),
    Action(
        "rollback",
        "R",
        "roll back",
        "release: Roll back",
        "stop what runs, then the way back; asks for a word to be typed",
        (RollBack,),
        asking(lambda state: RollBack(confirm=rollback_word(state))),
        6,
    ),
    Action(
        "abort",
        "A",
        "abort",
        "release: Abort",
        "stop here: what runs is stopped, nothing more starts",
        (Abort,),
        asking(lambda _: Abort()),
        5,
    ),
    Action(
        "close",
        "X",
        "close",
        "release: Close",
        "after the end: remove locks and run folders from the hosts",
        (Close,),
        asking(lambda _: Close()),
        8,
    ),
    Action(
        "stop",
        "S",
        "stop",
        "step: Stop what runs",
        "kill the running commands of a step, on one host or all",
        (Stop,),
        stops,
        1,
    ),
    Action(
        "captain",
        "C",
        "captaincy",
        "release: Hand over the captaincy",
        "offer, accept or take the captaincy",
        (Captaincy,),
        drives,
        1,
    ),
    Action(
        "faster",
        "plus,equals_sign",
        "faster",
        "rehearsal: Let time pass faster",
        "1, 2, 5, 10, 30, 60, 300 times, then as fast as it goes",
        (Hurry,),
        hurries,
        2,
    ),
    Action(
        "slower",
        "minus",
        "slower",
        "rehearsal: Let time pass slower",
        "the other way, down to real time",
        (Hurry,),
        slows,
        2,
    ),
    Action(
        "fault",
        "x",
        "fault",
        "rehearsal: Throw a fault",
        "choose what goes wrong, and where",
        (Throw,),
        rehearses,
        3,
    ),
    Action(
        "play",
        "p",
        "play",
        "rehearsal: Play another person",
        "sign, tick, decide … as somebody else",
        (LetPlay,),
        rehearses,
        3,
    ),
    Action(
        "autopilot",
        "P",
        "play captain",
        "rehearsal: Let the captain be played, or not",
        "gates and questions are answered without you, or no more",
        (LetPlay,),
        rehearses,
    ),
    Action(
        "score",
        "c",
        "score",
        "rehearsal: Show the score",
        "planned against actual, each fault, what was missed, whether it counts",
        why_not=scored,
        weight=9,
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
        why_not=measures,
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
        why_not=measures,
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
