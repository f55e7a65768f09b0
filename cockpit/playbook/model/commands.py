"""What commands have wherever they are written, what shows that they did well, and advice where they did not."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cockpit.playbook.model.fields import Count, Declared, Duration, Exits, Name, Text, Texts, User, Value, Variable
from cockpit.playbook.model.kinds import exactly_one
from cockpit.playbook.model.requests import HttpRequest

Folder = Annotated[str, Field(alias="dir", description="The folder to run in; a template.")]
Env = Annotated[dict[Variable, Value], Field(description="More variables for the command; values are templates.")]
Become = Annotated[User, Field(alias="as", description="Who to become on the host, by sudo.", examples=["postgres"])]
Shell = Annotated[Literal["sh", "bash"], Field(description="The shell that reads the command.")]
Captures = Annotated[
    list[Variable],
    Field(description="Names that the command writes to $COCKPIT_CAPTURE, where lint cannot see them itself."),
]


class Check(Declared):
    """What shows that a host is well: a command on it, a request from here, or a probe that is a metric."""

    one_of: ClassVar[tuple[str, ...]] = ("run", "http", "probe")
    model_config = exactly_one("run", "http", "probe")

    run: Text | None = Field(None, description="A command on the host; well when it exits 0.")
    http: HttpRequest | None = Field(None, description="A request from here; well when the answer is as expected.")
    probe: Name | None = Field(None, description="A metric that is an HTTP probe: its request; well when it is up.")
    times: Count = Field(1, description="How many times in a row it must be well.")
    every: Duration = Field(5.0, description="How long from one look to the next.")
    deadline: Duration = Field(120.0, description="After this long without being well, the host has failed.")


class Advice(Declared):
    """What the runbook says about a failure. It fits when all that it names is so; with neither, every failure."""

    output: Texts | None = Field(
        None,
        description="Text that the output or the reason holds, upper or lower case; of several, one of them. It is "
        "looked for in the last 64 KiB.",
        examples=["Connection refused"],
    )
    exit: Exits | None = Field(None, description="The exit status; of several, one of them.", examples=[137, [1, 2]])
    say: Text = Field(description="What is to be known or done; a template of params.")
    run: Texts | None = Field(
        None, description="Commands that help; they are shown as written and never run by the cockpit."
    )
