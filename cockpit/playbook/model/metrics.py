"""Metrics: the kinds of sources, each with its keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from cockpit.playbook.model.fields import (
    Declared,
    Duration,
    Header,
    Name,
    Number,
    Places,
    Retries,
    Samples,
    Short,
    Text,
    User,
    Value,
)
from cockpit.playbook.model.kinds import kinds_of
from cockpit.playbook.model.requests import Expect, HttpRequest

NoData = Literal["hold", "fail", "pass"]

DATADOG = "https://api.datadoghq.com"
EVERY = 15.0
TIMEOUT = 10.0

_URL = "Where the server is; a template of params and secrets."
_HEADERS = "Headers; values are templates of params and secrets."
_LABEL = "The {} that names the host, as it is called here, where there is one value for each host."
_VALUES = "The numbers that texts of the source stand for."


class Minimum(Declared):
    """Below this nothing is judged: a number of samples, or a value of another metric."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["samples"]}, {"required": ["metric", "value"]}]}
    )

    samples: Samples | None = Field(None, description="How many samples there must be in the rule's window.")
    metric: Name | None = Field(None, description="Another metric, such as the number of requests.")
    value: Value | None = Field(None, description="What that metric must be at least.", examples=[500])

    @model_validator(mode="after")
    def _one_of_them(self) -> Minimum:
        """Exactly one of its forms."""
        if (self.metric is None) != (self.value is None) or (self.samples is None) == (self.metric is None):
            raise PydanticCustomError("needs", "needs `samples`, or `metric` and `value`")
        return self


Least = Annotated[
    Minimum,
    Short(lambda value: {"samples": value} if isinstance(value, str) else value, {"type": "integer", "minimum": 1}),
]


class MetricBase(Declared):
    """What every metric may say."""

    title: Text | None = Field(None, description="What people read; a template of params.")
    unit: Annotated[str, Field(max_length=20)] = Field(
        "", description="What its numbers are in.", examples=["%", "ms", "1/s"]
    )
    no_data: NoData = Field(
        description="What it means when nothing was measured: a hold, the same as failing, or nothing."
    )
    on: Places | None = Field(None, description="Hosts: one value for each; left out: one for all.", examples=["app"])
    every: Duration = Field(EVERY, description="How long from one sample to the next.")
    timeout: Duration | None = Field(
        None, description="How long one try may take; 10 seconds, or `every` where that is less, if not given."
    )
    retries: Retries = Field(1, description="How many times it is tried again at once.")
    stale: Duration | None = Field(
        None, description="The age from which on a sample is none; three times `every`, and `timeout`, if not given."
    )
    minimum: Least | None = Field(
        None, description="Below this nothing is judged: a number of samples, or a value of another metric."
    )


class PrometheusMetric(MetricBase):
    """What a Prometheus server answers to a query."""

    prometheus: Text = Field(
        description="The query, in PromQL; a template of params.", examples=["sum(rate(http_requests_total[1m]))"]
    )
    url: Text = Field(description=_URL, examples=["https://prometheus.internal"])
    headers: dict[Header, Value] = Field({}, description=_HEADERS)
    label: str = Field("", description=_LABEL.format("label"), examples=["instance"])


class DatadogMetric(MetricBase):
    """What Datadog answers to a query."""

    datadog: Text = Field(description="The query; a template of params.", examples=["avg:system.load.1{service:shop}"])
    url: Text = Field(DATADOG, description=_URL)
    headers: dict[Header, Value] = Field({}, description=_HEADERS)
    label: str = Field("", description=_LABEL.format("tag"), examples=["host"])


class JsonMetric(MetricBase):
    """What is found in the JSON that a request is answered with."""

    request: HttpRequest = Field(alias="json", description="A URL, or a request.")
    pick: Text = Field(description="Where the value is: JMESPath.", examples=["length(incidents)"])
    moment: str = Field("", description="Where the value's time is, if it has one: JMESPath.")
    values: dict[str, Number] = Field({}, description=_VALUES, examples=[{"OPEN": 0, "CLOSED": 1}])


class CommandMetric(MetricBase):
    """What a command prints: the first number in it, or what `pick` or `column` find."""

    command: Text = Field(
        description="The command, as plain shell; params, secrets, `host` and `address` are its variables.",
        examples=["docker stats --no-stream --format '{{.MemPerc}}' backend"],
    )
    on: Places = Field(description="Hosts: one value for each; `here`: one value, of this machine.", examples=["app"])
    directory: str = Field("", alias="dir", description="The folder to run in; a template of params.")
    user: User = Field("", alias="as", description="Who to become on the host, by sudo.")
    shell: Literal["sh", "bash"] = Field("sh", description="The shell that reads the command.")
    pick: str = Field("", description="Where the value is in the JSON that is printed: JMESPath.")
    column: str = Field("", description="The name of the column it is in, in the table that is printed.")
    row: str = Field("", description="Text in the row of the table that is meant; left out: the first row.")
    values: dict[str, Number] = Field({}, description=_VALUES, examples=[{"OPEN": 0, "CLOSED": 1}])


class ProbeMetric(MetricBase):
    """What a look from this machine shows: 1 where the answer is as expected and 0 where not, or what `take` says."""

    request: HttpRequest = Field(
        alias="probe", description="A URL, or a request; also tcp://host:port.", examples=["https://{{ host }}/health"]
    )
    expect: Expect | None = Field(None, description="What the answer must be; status 200 if not given.")
    take: Literal["up", "latency", "status", "expiry"] = Field(
        "up", description="What is measured: seconds for `latency`, days until the certificate's end for `expiry`."
    )


AnyMetric = PrometheusMetric | DatadogMetric | JsonMetric | CommandMetric | ProbeMetric

SOURCES: dict[str, type[MetricBase]] = {
    "prometheus": PrometheusMetric,
    "datadog": DatadogMetric,
    "json": JsonMetric,
    "command": CommandMetric,
    "probe": ProbeMetric,
}
"""The key that makes a metric what it is."""


def source_of(value: Any) -> str | None:
    """The tag of the metric's source, None when it is not exactly one of them."""
    found = kinds_of(value, SOURCES) if isinstance(value, dict) else []
    return f"#{found[0]}" if len(found) == 1 else None


Metric = Annotated[
    Annotated[PrometheusMetric, Tag("#prometheus")]
    | Annotated[DatadogMetric, Tag("#datadog")]
    | Annotated[JsonMetric, Tag("#json")]
    | Annotated[CommandMetric, Tag("#command")]
    | Annotated[ProbeMetric, Tag("#probe")],
    Discriminator(source_of),
]
