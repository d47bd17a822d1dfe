"""Server-sent events (HTML standard, "Server-sent events"), portable: paused between events where the server can pause.

A stream is a response body; other threads send to it::

    stream = sse.EventStream(environ)       # Flask: request.environ, Django: request.environ
    stream.on_close(lambda: room.discard(stream))
    room.add(stream)
    start_response("200 OK", sse.headers())  # Flask: Response(stream, headers=sse.headers())
    return stream                            # Django: StreamingHttpResponse(stream, headers=dict(sse.headers()))
"""

from __future__ import annotations

import re
from typing import Any

from wsgi_pause._stream import Stream

__all__ = ["EventStream", "comment", "event", "headers", "last_event_id"]

_LINE_END = re.compile(r"\r\n|\r|\n")


def event(data: str, *, event: str | None = None, id: str | None = None, retry: int | None = None) -> bytes:  # noqa: A002
    """One event. ``data`` may have several lines, ended by CR, LF or CR LF; the browser sees LF.

    ``event`` is its type (default: ``message``), ``id`` what the browser reports when it connects again (an empty one
    takes that back), ``retry`` after how many milliseconds it does. Raises ValueError for what the format cannot carry.
    """
    lines = []
    if event is not None:
        lines.append(_field("event", event))
    if id is not None:
        if "\0" in id:
            raise ValueError("an id cannot hold a NUL: browsers ignore it")
        lines.append(_field("id", id))
    if retry is not None:
        if retry < 0:
            raise ValueError(f"retry is {retry}; it must be a number of milliseconds, at least 0")
        lines.append(f"retry: {int(retry)}")
    lines += [f"data: {line}" for line in _LINE_END.split(data)]
    return ("\n".join(lines) + "\n\n").encode()


def comment(text: str = "") -> bytes:
    """Lines that browsers ignore: the first data of a stream, which sends the headers (P63), and a heartbeat."""
    return ("".join(f": {line}\n" for line in _LINE_END.split(text)) + "\n").encode()


def headers() -> list[tuple[str, str]]:
    """A new list of the headers of an event stream; the last one tells nginx to hand on each event at once."""
    return [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")]


def last_event_id(environ: dict[str, Any]) -> str | None:
    """The id of the last event that the browser got before it lost the connection; None at its first request."""
    value = environ.get("HTTP_LAST_EVENT_ID")
    # PEP 3333 has the bytes as Latin-1; they are UTF-8.
    return None if value is None else str(value).encode("latin-1").decode("utf-8", "replace")


class EventStream(Stream):
    """A stream of events: begins with a comment, and has one after each ``heartbeat`` seconds of silence (None: never).

    Without pauses a server notices that a client has left only when it writes; the heartbeat makes it.
    """

    def __init__(self, environ: dict[str, Any], *, maxsize: int = 64, heartbeat: float | None = 15.0) -> None:
        super().__init__(environ, maxsize=maxsize + 1, heartbeat=heartbeat, beat=comment())
        self.last_event_id = last_event_id(environ)
        self.offer(comment())

    def send(
        self,
        data: str,
        *,
        event: str | None = None,
        id: str | None = None,  # noqa: A002
        retry: int | None = None,
        timeout: float | None = None,
    ) -> None:
        """Puts an event, as `Stream.put` does: waits for room."""
        self.put(_event(data, event=event, id=id, retry=retry), timeout)

    def offer_event(
        self,
        data: str,
        *,
        event: str | None = None,
        id: str | None = None,  # noqa: A002
        retry: int | None = None,
    ) -> bool:
        """Offers an event, as `Stream.offer` does: never waits; False if there is no room or nobody reads."""
        return self.offer(_event(data, event=event, id=id, retry=retry))


_event = event  # the methods have a parameter of this name


def _field(name: str, value: str) -> str:
    if _LINE_END.search(value):
        raise ValueError(f"an event's {name} cannot hold a line end: {value!r}")
    return f"{name}: {value}"
