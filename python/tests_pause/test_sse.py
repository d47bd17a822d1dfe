"""`sse`: the format of the HTML standard, read back by its own rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests_pause.steps import Steps
from wsgi_pause import sse


def parse(stream: bytes) -> list[dict[str, Any]]:
    """What a browser dispatches (HTML standard, "Interpreting an event stream")."""
    events: list[dict[str, Any]] = []
    data: list[str] = []
    kind, last = "", ""
    for line in stream.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                events.append({"type": kind or "message", "data": "\n".join(data), "id": last})
            data, kind = [], ""
        elif name == "data":
            data.append(value)
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last = value
        else:
            assert name in ("", "retry"), line
    return events


@pytest.mark.parametrize(
    "data", ["", " ", "one", "one\ntwo", "\n", "a: b", " leading", "é😀", "\u2028x\x0by\x85", ":c"]
)
def test_data_arrives_as_it_was_sent(data: str) -> None:
    assert parse(sse.event(data)) == [{"type": "message", "data": data, "id": ""}]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_each_line_end_is_one(end: str) -> None:
    assert sse.event(f"one{end}two{end}") == b"data: one\ndata: two\ndata: \n\n"


def test_all_fields() -> None:
    event = sse.event("x", event="news", id=" 7", retry=1500)
    assert event == b"event: news\nid:  7\nretry: 1500\ndata: x\n\n"
    assert parse(event) == [{"type": "news", "data": "x", "id": " 7"}]
    assert sse.event("x", id="") == b"id: \ndata: x\n\n"


@pytest.mark.parametrize("wrong", [{"event": "a\nb"}, {"id": "a\rb"}, {"id": "a\0b"}, {"retry": -1}])
def test_what_the_format_cannot_carry_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        sse.event("x", **wrong)


def test_a_comment_cannot_become_an_event() -> None:
    assert sse.comment() == b": \n\n"
    assert parse(sse.comment("one\ndata: two\r\n\r\ndata: three")) == []


def test_last_event_id_is_utf_8() -> None:
    assert sse.last_event_id({}) is None
    assert sse.last_event_id({"HTTP_LAST_EVENT_ID": "é7".encode().decode("latin-1")}) == "é7"


def test_headers_are_a_list_of_ones_own() -> None:
    first = sse.headers()
    first.append(("X-Own", "1"))
    assert sse.headers() == first[:-1]
    assert ("Content-Type", "text/event-stream") in first


def test_an_event_stream_begins_with_a_comment_and_has_room_for_as_many_events_as_it_says() -> None:
    server = Steps(call_later=True)
    stream = sse.EventStream({**server.environ, "HTTP_LAST_EVENT_ID": "3"}, maxsize=1)
    assert stream.last_event_id == "3"
    assert stream.offer_event("one", event="news", id="4")
    assert not stream.offer_event("two")
    assert server.serve(stream).step() == b": \n\n"
    stream.send("two", retry=1)
    assert server.step() == b"event: news\nid: 4\ndata: one\n\n"
    assert server.step() == b"retry: 1\ndata: two\n\n"
    assert server.step() == b""
    assert 14 < server.armed[-1][0] <= 15
