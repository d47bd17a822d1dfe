"""What parsers that others wrote make of bytes: h11, and llhttp (of Node.js) through httptools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import h11
import httptools


@dataclass
class Message:
    """A request as a judge read it; names in lower case, without trailer fields."""

    method: str
    target: str
    fields: list[tuple[str, str]]
    body: bytes = b""


@dataclass
class Verdict:
    """The complete requests, and what came after them: ``""`` nothing, ``refused``, ``waits`` or ``upgrade``."""

    messages: list[Message] = field(default_factory=list)
    end: str = ""
    why: str = ""


Judge = Callable[[bytes], Verdict]


def by_h11(wire: bytes) -> Verdict:
    """h11 as a server that denies every upgrade."""
    verdict = Verdict()
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    connection.receive_data(wire)
    message: Message | None = None
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Request):
                fields = [(_text(name), _text(value)) for name, value in event.headers]
                message = Message(_text(event.method), _text(event.target), fields)
            elif isinstance(event, h11.Data) and message is not None:
                message.body += event.data
            elif isinstance(event, h11.EndOfMessage) and message is not None:
                verdict.messages.append(message)
                message = None
            elif event is h11.PAUSED:
                _answer(connection)
                if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                    break
                connection.start_next_cycle()
            else:
                break
    except h11.RemoteProtocolError as failure:
        verdict.end, verdict.why = "refused", str(failure)
        return verdict
    if message is not None or (event is h11.NEED_DATA and connection.trailing_data[0]):
        verdict.end = "waits"
    return verdict


def _answer(connection: h11.Connection) -> None:
    if connection.our_state is h11.SEND_RESPONSE:
        connection.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))
        connection.send(h11.EndOfMessage())


class _Listener:
    """What httptools calls."""

    def __init__(self) -> None:
        self.verdict = Verdict()
        self.begun = False
        self.in_head = False
        self.target = b""
        self.fields: list[tuple[str, str]] = []
        self.body = b""
        self.parser = httptools.HttpRequestParser(self)

    def on_message_begin(self) -> None:
        self.begun = self.in_head = True
        self.target, self.fields, self.body = b"", [], b""

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.in_head:
            self.fields.append((_text(name).lower(), _text(value)))

    def on_headers_complete(self) -> None:
        self.in_head = False

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        method = _text(self.parser.get_method())
        self.verdict.messages.append(Message(method, _text(self.target), self.fields, self.body))
        self.begun = False


def by_llhttp(wire: bytes) -> Verdict:
    """llhttp without any of its leniencies."""
    listener = _Listener()
    verdict = listener.verdict
    try:
        listener.parser.feed_data(wire)
    except httptools.HttpParserUpgrade as upgrade:
        verdict.end = "upgrade" if upgrade.args[0] < len(wire) else ""
    except httptools.HttpParserError as failure:
        verdict.end, verdict.why = "refused", str(failure)
    else:
        verdict.end = "waits" if listener.begun else ""
    return verdict


JUDGES: dict[str, Judge] = {"h11": by_h11, "llhttp": by_llhttp}


def _text(raw: bytes) -> str:
    return bytes(raw).decode("latin-1")
