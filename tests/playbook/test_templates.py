"""Templates: what they may say, and how values are escaped."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.playbook.expressions import ExpressionError
from cockpit.playbook.plan import Expect, Request
from cockpit.playbook.templates import Kind, fill, names, render

printable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("no template", "no template"),
        ("{{ version }}", "1.2"),
        ("v{{version}}!", "v1.2!"),
        ("{{ name | upper | trim }}", "ANA"),
        ("{{ 'v' ~ version }}", "v1.2"),
        ("a {b} }} c", "a {b} }} c"),
        ("{{ '{{' }}", "{{"),
        ("{{ version }}\n", "1.2\n"),
    ],
)
def test_a_template_is_filled_in(template: str, expected: str) -> None:
    assert render(template, {"version": "1.2", "name": " ana "}) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{{ version",
        "{{ }}",
        "{{ 9 ** 9 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ range(10) }}",
        "{{ version.__class__ }}",
        "{{ version['x'] }}",
        "{{ [1] }}",
        "{{ version if version else 1 }}",
        "{{ version | replace('a', 'b') }}",
        "{{ version | as_base }}",
        "{{ version | upper(1) }}",
        "{% for x in y %}{% endfor %}",
        "{# gone #}",
        "{{ " + "(" * 5000,
        "{{ '" + "x" * 20_000 + "' }}",
    ],
)
def test_anything_but_names_text_and_three_filters_is_refused(template: str) -> None:
    with pytest.raises(ExpressionError):
        names(template)


def test_a_value_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="no value yet"):
        render("{{ backup }}", {})


def test_a_value_is_never_read_as_a_template() -> None:
    assert render("{{ a }}", {"a": "{{ b }}", "b": "secret"}) == "{{ b }}"


def test_names_know_their_places() -> None:
    assert names("a {{ b }} {{ c | upper }}") == (("b", 5), ("c", 13))


@given(printable)
@settings(derandomize=True, deadline=None)
def test_a_value_stays_one_segment_of_a_path_and_one_value_of_a_query(value: str) -> None:
    url = render("https://h/a/{{ v }}/b?q={{ v }}&r=1", {"v": value}, "url")
    parts = urlsplit(url)
    assert (parts.netloc, parts.fragment) == ("h", "")
    assert [unquote(segment) for segment in parts.path.split("/")] == ["", "a", value, "b"]
    assert parse_qs(parts.query, keep_blank_values=True) == {"q": [value], "r": ["1"]}


@given(printable)
@settings(derandomize=True, deadline=None)
def test_a_value_stays_inside_its_json_string(value: str) -> None:
    assert json.loads(render('{"a": "{{ v }}", "b": 1}', {"v": value}, "json")) == {"a": value, "b": 1}


def test_dots_do_not_climb_in_a_path() -> None:
    assert render("https://h/a/{{ v }}", {"v": ".."}, "url") == "https://h/a/%2E%2E"


def test_an_ipv6_address_gets_its_brackets() -> None:
    assert render("http://{{ address }}:80/", {"address": "::1"}, "url") == "http://[::1]:80/"


@pytest.mark.parametrize("host", ["evil.com/", "a@b", "a:b@c", "h?x", "h#x", "h\\x", "", "a b"])
def test_a_host_in_a_url_is_a_host_and_nothing_else(host: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be a host"):
        render("http://{{ h }}/", {"h": host}, "url")


@pytest.mark.parametrize(("base", "well"), [("https://a/b", True), ("javascript:x", False), ("https://a b", False)])
def test_a_url_may_start_with_a_value_that_is_one(base: str, well: bool) -> None:
    if well:
        assert render("{{ base }}/x", {"base": base}, "url") == base + "/x"
    else:
        with pytest.raises(ExpressionError, match="cannot be the start"):
            render("{{ base }}/x", {"base": base}, "url")


@pytest.mark.parametrize("kind", ["header", "line"])
def test_a_value_cannot_add_a_line(kind: Kind) -> None:
    with pytest.raises(ExpressionError, match="line break"):
        render("Bearer {{ t }}", {"t": "a\r\nX: y"}, kind)


@pytest.mark.parametrize("kind", ["text", "line", "url", "header", "json", "form"])
def test_no_value_holds_nul(kind: Kind) -> None:
    with pytest.raises(ExpressionError):
        render("http://h/{{ t }}", {"t": "a\0"}, kind)


def test_a_request_is_filled_in_part_by_part() -> None:
    request = Request(
        url="http://{{ address }}/{{ v }}",
        method="POST",
        headers={"Content-Type": "application/json", "X-V": "{{ v }}"},
        body='{"v": "{{ v }}"}',
        expect=Expect(contains="{{ v }}", json={"a.b": "{{ v }}"}),
    )
    done = fill(request, {"address": "h", "v": 'a"/'})
    assert (done.url, done.headers["X-V"], done.body) == ("http://h/a%22%2F", 'a"/', '{"v": "a\\"/"}')
    assert (done.expect.contains, done.expect.json, done.method) == ('a"/', {"a.b": 'a"/'}, "POST")


def test_a_form_is_encoded() -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert fill(Request(url="http://h", headers=headers, body="a={{ v }}"), {"v": "b&c=d"}).body == "a=b%26c%3Dd"
