"""Which dialog an action opens, for what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cockpit.playbook.plan import BLOCK, Assign, Checklist, Do, Document, Gate, Http, Notice, Run, Soak
from cockpit.release.asked import owners_of
from cockpit.release.people import may_act
from cockpit.release.state import FAILING, StepState
from cockpit.release.waiting import Waiting
from screens.dialogs.decision import DecisionDialog
from screens.dialogs.dialog import Dialog
from screens.dialogs.failure import FailureDialog
from screens.dialogs.gate import GateDialog
from screens.dialogs.interrupts import AbortDialog, CloseDialog, HoldDialog, ResumeDialog, RollBackDialog, StopDialog
from screens.dialogs.look import LookDialog
from screens.dialogs.manual import ManualDialog, ManualList
from screens.dialogs.people import AssignDialog, CaptainDialog, DoneDialog, ItemDialog, LeaveDialog
from screens.dialogs.play import PlayDialog
from screens.dialogs.questions import ConditionDialog, EarlyDialog, LockDialog, SettleDialog
from screens.dialogs.rules import AcknowledgeDialog, BackDialog, ReportDialog, VetoDialog
from screens.dialogs.sign import SignDialog
from screens.dialogs.soak import RedeployDialog
from screens.dialogs.waiver import WaiveDialog
from screens.reasons import PERSONS, announced, assignable, looked_at, open_step, reported, soak_of, undecided, unseen
from screens.view import View

Opener = Callable[[View, str, float], Dialog | None]
"""From a view, the key of the row under the cursor, and the seconds of calm that a dialog waits for."""


def opened_by(action: str, view: View, row: str, calm: float) -> Dialog | None:
    """The dialog of an action; None when it has none."""
    opener = OPENERS.get(action)
    dialog = opener(view, row, calm) if opener else None
    if dialog is not None:
        dialog.action = action
    return dialog


def has_dialog(action: str) -> bool:
    """Whether an action asks before it does something."""
    return action in OPENERS


def _plain(kind: type[Dialog]) -> Opener:
    return lambda view, _row, calm: kind(view, calm)


def _gate(view: View, _row: str, calm: float) -> Dialog | None:
    one = open_step(view.state, Gate)
    return GateDialog(view, one.step.id, calm) if one else None


def _sign(view: View, _row: str, calm: float) -> Dialog | None:
    one = open_step(view.state, Gate)
    return SignDialog(view, one.step.id, calm) if one else None


def _tick(view: View, row: str, calm: float) -> Dialog | None:
    one = open_step(view.state, Checklist)
    if one is None or not isinstance(one.step, Checklist):
        return None
    left = [item.id for item in one.step.items if item.id not in one.items]
    item = row if row in left else next(iter(left), "")
    return ItemDialog(view, one.step.id, item, calm) if item else None


def _assign(view: View, _row: str, calm: float) -> Dialog | None:
    return AssignDialog(view, calm) if assignable(view.state) else None


def _done(view: View, _row: str, calm: float) -> Dialog | None:
    one = open_step(view.state, PERSONS)
    return DoneDialog(view, one.step.id, calm) if one else None


ANSWERABLE = ("answer", "settle", "condition", "lock")


def _veto(view: View, row: str, calm: float) -> Dialog | None:
    rules = announced(view.state)
    rule = row if row in rules else next(iter(rules), "")
    return VetoDialog(view, rule, calm) if rule else None


def _waive(view: View, _row: str, calm: float) -> Dialog | None:
    one = open_step(view.state, Gate)
    return WaiveDialog(view, one.step.id, calm) if one else None


def _acknowledge(view: View, row: str, calm: float) -> Dialog | None:
    rules = unseen(view.state)
    return AcknowledgeDialog(view, row if row in rules else "", calm) if rules else None


def _look(view: View, _row: str, calm: float) -> Dialog | None:
    steps = looked_at(view.state, view.login)
    return LookDialog(view, steps[0], calm) if steps else None


def _redeploy(view: View, _row: str, calm: float) -> Dialog | None:
    one = soak_of(view.state)
    return RedeployDialog(view, one.step.id, calm) if one else None


def _manual(view: View, row: str, calm: float) -> Dialog | None:
    names = tuple(view.state.the_plan.manual)
    if row in names or len(names) == 1:
        return ManualDialog(view, row if row in names else names[0], calm)
    return ManualList(view, calm)


def _report(view: View, row: str, calm: float) -> Dialog | None:
    return ReportDialog(view, row, calm) if reported(view.state) else None


def _answer(view: View, row: str, calm: float) -> Dialog | None:
    mine = [rule for rule in undecided(view.state) if may_act(view.state, view.login, owners_of(view.state, rule))]
    if mine:
        return DecisionDialog(view, row if row in mine else mine[0], calm)
    asked = [*(one for one in view.waiting if one.what in ANSWERABLE), *view.early]
    shown = view.shown.step.id if view.shown else ""
    asked.sort(key=lambda one: (one.what == "early" and one.step != row, one.step != shown, one.host != row))
    return _question(view, asked[0], calm) if asked else None


def _question(view: View, one: Waiting, calm: float) -> Dialog:
    match one.what:
        case "settle":
            return SettleDialog(view, one.step, one.host, calm)
        case "lock":
            return LockDialog(view, one.host, calm)
        case "condition":
            return ConditionDialog(view, one.step, calm)
        case "early":
            return EarlyDialog(view, one.step, calm)
        case _:
            return FailureDialog(view, one.step, one.host, calm)


OPENERS: Mapping[str, Opener] = {
    "gate": _gate,
    "sign": _sign,
    "tick": _tick,
    "done": _done,
    "assign": _assign,
    "answer": _answer,
    "veto": _veto,
    "waive": _waive,
    "ack": _acknowledge,
    "look": _look,
    "redeploy": _redeploy,
    "report": _report,
    "manual": _manual,
    "back": _plain(BackDialog),
    "hold": _plain(HoldDialog),
    "resume": _plain(ResumeDialog),
    "stop": _plain(StopDialog),
    "abort": _plain(AbortDialog),
    "rollback": _plain(RollBackDialog),
    "close": _plain(CloseDialog),
    "captain": _plain(CaptainDialog),
    "leave": _plain(LeaveDialog),
    "play": _plain(PlayDialog),
}


def action_for(view: View, one: StepState, row: str) -> str:
    """What enter does on a row of a step: the id of an action, or empty for nothing but looking."""
    match one.step:
        case Run() | Http():
            meant = [one.hosts[row]] if row in one.hosts else one.hosts.values()
            asked = one.status == "asking" or any(run.status in FAILING for run in meant)
            return "answer" if asked else "output"
        case Checklist():
            is_open = one.status == "running" or one.step.id == BLOCK
            return "tick" if is_open and row not in one.items else ""
        case Gate():
            return _at_gate(view, one)
        case Assign():
            return "assign" if one.status == "running" else ""
        case Do() | Notice() | Document():
            return "done" if one.status == "running" else ""
        case Soak():
            return "redeploy" if one.status == "running" else ""
        case _:
            return ""


def _at_gate(view: View, one: StepState) -> str:
    if one.status != "running":
        return ""
    mine = [each for each in view.mine if each.step == one.step.id and each.what == "sign-off"]
    return "sign" if mine and view.login != view.state.captain else "gate"
