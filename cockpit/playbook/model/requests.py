"""Requests: what is sent, and what the answer must be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cockpit.playbook.model.fields import Body, Declared, Header, Paths, Statuses, Text, Value, under


class Expect(Declared):
    """What an HTTP answer must be."""

    status: Statuses = Field(
        [200], description="The status, or several of which one must come.", examples=[200, [200, 204]]
    )
    contains: str = Field("", description="Text that must be in the answer; a template.")
    values: Paths = Field(
        {},
        alias="json",
        description="What the JSON answer must hold; values are templates.",
        examples=[{"version": "{{ version }}"}],
    )


class Request(Declared):
    """One HTTP request, made from this machine."""

    url: Text = Field(
        description="A template; values are escaped for where they stand in the URL.",
        examples=["https://{{ host }}/health"],
    )
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = Field(
        "GET", description="The HTTP method."
    )
    headers: dict[Header, Value] = Field({}, description="Headers; values are templates and may hold secrets.")
    body: Body = Field("", description="What is sent: text, or a mapping that is sent as JSON; a template.")
    expect: Expect = Field(Expect.model_construct(), description="What the answer must be; status 200 if not given.")


HttpRequest = Annotated[Request, under("url")]
