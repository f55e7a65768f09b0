"""The kinds of steps, each with its keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from cockpit.playbook.model.actions import Actions
from cockpit.playbook.model.commands import Advice, Become, Captures, Check, Env, Folder, Shell
from cockpit.playbook.model.criteria import Criteria
from cockpit.playbook.model.fields import (
    Batch,
    Count,
    Declared,
    Duration,
    Flag,
    Name,
    Names,
    Places,
    Share,
    Text,
    Texts,
    Variable,
    Votes,
    under,
)
from cockpit.playbook.model.items import Item
from cockpit.playbook.model.kinds import kinds_of
from cockpit.playbook.model.lengths import Length, Paces
from cockpit.playbook.model.requests import HttpRequest
from cockpit.playbook.model.timing import Timed

FailsTwice = Annotated[
    Literal["hold", "roll back"] | None,
    Field(
        description="What it causes when an attempt fails that a person ordered after a failure; a failure whose cause "
        "was verified to be external does not count."
    ),
]
IfFails = Literal["ask", "hold", "drop", "roll back", "stop"]

TELLS = (
    "a template of params, captures, `asks`, `release`, `login`, `captain`, `participants`, `started`, `now`, "
    "`outcome` and `reason`, why it is rolled back or held"
)

ASKED = "Lines that a person supplies first, each with what to enter; the text has them by these names."

Asks = dict[Variable, Text]

HOW_LONG = "How long; or by the value of a param: `{by: change, standard: 24h, hotfix: 4h}`."


class _Placed(Declared):
    """A step's name, when its turn comes, and whose it is."""

    id: Name | None = Field(
        None, description="Its name, unique in the playbook. Made from the title where it is left out."
    )
    after: Names | None = Field(
        None, description="Steps that must be complete first. Left out: everything written before it. []: nothing."
    )
    when: Text | None = Field(
        None,
        description="Do it only if this holds; of params, captures and steps (started, passed, failed, unknown).",
        examples=['change == "schema"', "migrate.started"],
    )
    owner: Names = Field([], description="The role, or roles, that this step is up to.")
    takes: Duration | None = Field(None, description="How long it is expected to take.")
    point_of_no_return: Flag = Field(
        False, description="Whether going back has to be asked for again once this step has begun."
    )
    unchanged: Texts | None = Field(
        None,
        description="Files on this machine, beside a command's `dir` or in the home folder: from the start of this "
        "step on, nothing goes on while one of them is not what it was; templates of params.",
        examples=["configs/releases/{{ version }}.yaml"],
    )


class StepBase(Timed, _Placed):
    """What every step may say."""


class Titled(StepBase):
    """A step whose title may be given."""

    title: Text | None = Field(None, description="What people read; a template of params.")


class Board(Declared):
    """What is looked at."""

    title: Text = Field(description="What people read; a template of params.")
    url: str = Field("", description="Where it is; a template of params.")


class Look(Declared):
    """That a person looks every so often, for as long as the step goes on."""

    every: Paces = Field(
        description="How long at most from one look to the next; or several, each `for` so long after the step began, "
        "the last of them to its end.",
        examples=["15m", ["1m for 1h", "5m for 8h", "15m for 24h", "1d"]],
    )
    boards: list[Annotated[Board, under("title")]] = Field(
        [], description="What is looked at: names, or title and url."
    )
    owner: Names = Field([], description="The role, or roles, whose look counts; the step's owner if not given.")


class Attended(Titled):
    """A step during which people may have to look."""

    look: Look | None = Field(None, description="How often a person looks; late and missed looks are recorded.")


class Undo(Declared):
    """What takes a step back on the hosts of a batch: with the step's folder, variables, user, shell and timeout."""

    run: Text = Field(description="The command, as plain shell.")
    check: Check | None = Field(None, description="What shows that a host is well afterwards.")


class Fallible(Titled):
    """A step that fails host by host."""

    advice: list[Annotated[Advice, under("say")]] = Field(
        [], description="What the runbook says about failures of it: the first that fits is shown where it fails."
    )
    waiver: Names = Field(
        [],
        description="The role, or roles, that alone can let pass, with a reason, that it failed; else the captain can.",
    )


class RunStep(Fallible):
    """A shell command, on hosts or here."""

    run: Text = Field(
        description="The command, as plain shell. Params, captures, secrets, `host`, `address`, `release` and `login` "
        'are its variables: "$version". To hand a value to later steps: echo "name=$value" >> "$COCKPIT_CAPTURE".',
        examples=['./deploy "$version"'],
    )
    on: Places = Field(
        description="Where: a group, a host, a list of them, or `here` for this machine.", examples=["app", "here"]
    )
    directory: Folder = ""
    env: Env = Field({})
    user: Become = ""
    shell: Shell = "sh"
    captures: Captures = Field([])
    batches: list[Batch] | None = Field(
        None,
        min_length=1,
        description="How far each batch reaches: numbers or shares of all hosts, rounded up, the last of them 100%. "
        "The first host always goes alone, and must be well before the others.",
        examples=[[1, "25%", "100%"]],
    )
    check: Check | None = Field(
        None, description="What shows that a host is well afterwards; the others wait for the first."
    )
    undo: Annotated[Undo, under("run")] | None = Field(
        None, description="A command, or run and check, that takes it back batch by batch where a guard says `back`."
    )
    fail_above: Share = Field(
        0.0, description="When more than this share of all hosts failed, no further host is touched; 0% if not given."
    )
    if_fails: IfFails = Field(
        "ask", description="What a failed host causes; `drop` lets it go while no more than `fail_above` failed."
    )
    fails_twice: FailsTwice = None
    timeout: Duration | None = Field(
        None, description="After this long the command is stopped; 30 minutes if not given."
    )
    stream: Duration | None = Field(
        None, description="For a command that never ends: after this long it is stopped, and has passed."
    )
    quiet: Duration = Field(60.0, description="Silence for this long is shown; nothing is stopped.")


class HttpStep(Fallible):
    """A request from this machine, once or for each host."""

    http: HttpRequest = Field(description="A URL, or a request.", examples=["https://example.com/health"])
    on: Places | None = Field(
        None, description="Once for each of these hosts, as `host` and `address`; left out: once."
    )
    times: Count = Field(1, description="How many times in a row it must be as expected.")
    every: Duration | None = Field(None, description="How long from one request to the next; 5s if not given.")
    deadline: Duration | None = Field(None, description="Repeat until it is as expected, for at most this long.")
    if_fails: IfFails = Field("ask", description="What a failure causes.")
    fails_twice: FailsTwice = None
    timeout: Duration = Field(30.0, description="How long one request may take.")


class ChecklistStep(Titled):
    """Items that people tick, or that tick themselves."""

    checklist: list[Annotated[Item, under("item")]] = Field(
        min_length=1, description="Its items: text, or item, text, evidence; with run, http or passing: by itself."
    )


class DoStep(Attended):
    """Something that a person does and then says so."""

    do: Text = Field(description="What is to be done; a template of params.")


class NoticeStep(Titled):
    """A message to people: what would be sent, and to whom, is in the journal."""

    notice: Name = Field(description="Which of `notices`.")


class RecordStep(Titled):
    """A record that is kept: what would be written, and where, is in the journal."""

    record: Text = Field(
        description="Where; a template, as the text is.", examples=["reports/decisions/{{ version }}.md"]
    )
    text: Text = Field(description=f"What; {TELLS}.")
    asks: Asks = Field({}, description=ASKED)


class AssignStep(Titled):
    """Waits until the captain has said who a role is."""

    assign: Name = Field(description="The role, which is `assigned` during the release.", examples=["commander"])


class WaitStep(Attended):
    """A pause."""

    wait: Length = Field(description=HOW_LONG, examples=["10m"])


class GateStep(StepBase):
    """A point that stays shut until people sign and the captain says go."""

    gate: Text = Field(description="Its title; a template of params.", examples=["Go / no-go"])
    sign: Votes = Field({}, description="Who must sign: roles with the number of people, or a list of roles.")
    distinct: Count | None = Field(
        None, description="How many different people must have signed, whatever their roles."
    )
    expires: Duration | None = Field(
        None, description="How old a yes may be: an older one is void, and must be given anew. Left out: of any age."
    )
    without_starter: Flag = Field(
        False, description="Whether the login that started the release may not sign, for whatever role."
    )
    confirm: Text | None = Field(
        None, description="The word that the captain types; a template of params.", examples=["{{ version }}"]
    )
    passing: Criteria = Field(
        [],
        description="Rules that must pass; `rollback-proven`: what `proven_by` of the rollback says must have passed; "
        "`rehearsed 7d`: this very plan was rehearsed, and ended as expected, no longer ago than that; "
        "`fits-window`: what is still ahead fits before the window ends, and with the buffer before the next freeze.",
    )
    zones: Count | None = Field(
        None, description="From how many different time zones people must have signed; theirs are in `people`."
    )
    waiver: Names = Field([], description="The role, or roles, that can let pass, with a reason, what does not hold.")
    waiver_expires: Duration | None = Field(
        None, description="How old a waiver may be: an older one is void, and must be given anew. Left out: of any age."
    )


class GuardStep(Attended):
    """A time in which rules are watched, and act when they fail, whatever else happens.

    It lasts longer by what no engine was there to measure.
    """

    guard: Actions = Field(
        description="Rules, each with what it leads to: `warn`, `hold`, `decide` (a decision is opened), `back` (the "
        "last batch is undone), `roll back`, `by severity`; or a list of rules, each by its severity.",
        examples=[{"errors": "roll back"}],
    )
    seconds: Length = Field(alias="for", description=HOW_LONG)
    steady: Duration | None = Field(
        None, description="A hold by a rule ends by itself after passing so long; left out: a person ends it."
    )
    countdown: Duration = Field(
        30.0, description="How long an automatic rollback is announced, and can be vetoed, before it starts."
    )


class PassingStep(Titled):
    """Waits until rules pass; where no engine was there to measure, they must pass anew."""

    passing: Annotated[Names, Field(min_length=1)] = Field(description="The rule, or rules.")
    seconds: Length | None = Field(None, alias="for", description="How long at a stretch; left out: once is enough.")


class SoakStep(Attended):
    """A time in which rules must pass throughout. One that fails lets it begin anew, once all of them pass again."""

    soak: Annotated[Names, Field(min_length=1)] = Field(
        description="The rule, or rules. While one is inconclusive or has no data, or no engine is there to measure, "
        "time does not count."
    )
    seconds: Length = Field(alias="for", description=HOW_LONG, examples=["24h"])
    redeploy: Names = Field(
        [],
        description="Steps before it that are done again, and then all of the soak, when the captain orders a retry.",
    )


class Manual(RunStep):
    """A command that a person orders at any time, in a hold too, after the question that comes first."""

    ask: Text = Field(description="What is to be answered before it runs; a template of params.")
    confirm: Text | None = Field(
        None, description="The word that is typed as the answer; a template of params.", examples=["FALSE ALARM"]
    )


AnyStep = (
    RunStep
    | HttpStep
    | ChecklistStep
    | DoStep
    | AssignStep
    | NoticeStep
    | RecordStep
    | WaitStep
    | GateStep
    | GuardStep
    | PassingStep
    | SoakStep
)

KINDS: dict[str, type[StepBase]] = {
    "run": RunStep,
    "http": HttpStep,
    "checklist": ChecklistStep,
    "do": DoStep,
    "assign": AssignStep,
    "notice": NoticeStep,
    "record": RecordStep,
    "wait": WaitStep,
    "gate": GateStep,
    "guard": GuardStep,
    "passing": PassingStep,
    "soak": SoakStep,
}
"""The key that makes a step what it is."""


def kind_of(value: Any) -> str | None:
    """The tag of the step's kind, None when it is not exactly one of them."""
    found = kinds_of(value, KINDS) if isinstance(value, dict) else []
    return f"#{found[0]}" if len(found) == 1 else None


Step = Annotated[
    Annotated[RunStep, Tag("#run")]
    | Annotated[HttpStep, Tag("#http")]
    | Annotated[ChecklistStep, Tag("#checklist")]
    | Annotated[DoStep, Tag("#do")]
    | Annotated[AssignStep, Tag("#assign")]
    | Annotated[NoticeStep, Tag("#notice")]
    | Annotated[RecordStep, Tag("#record")]
    | Annotated[WaitStep, Tag("#wait")]
    | Annotated[GateStep, Tag("#gate")]
    | Annotated[GuardStep, Tag("#guard")]
    | Annotated[PassingStep, Tag("#passing")]
    | Annotated[SoakStep, Tag("#soak")],
    Discriminator(kind_of),
]
