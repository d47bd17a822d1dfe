"""`middleware`: boundaries are kept."""

from __future__ import annotations

import gzip as reference
import random
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests_pause.steps import Steps
from wsgi_pause import Event, Stream
from wsgi_pause.middleware import gzip, heartbeat, request_id
from wsgi_pause.middleware._gzip import accepts_gzip

HTML = ("Content-Type", "text/html; charset=utf-8")
PAGE = b"a page " * 100


def respond(*headers: tuple[str, str], body: Iterable[bytes] = (PAGE,), status: str = "200 OK") -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, list(headers))
        return body

    return app


def compressed(app: Any, accept: str = "gzip") -> tuple[dict[str, str], Any]:
    """Headers and body."""
    server = Steps()
    body = gzip(app)({**server.environ, "HTTP_ACCEPT_ENCODING": accept}, server.start_response)
    return dict(server.head[-1][1]), body


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.2", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=1.0", True),
    ],
)
def test_accept_encoding(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_a_body_of_one_piece_stays_one() -> None:
    headers, body = compressed(respond(HTML, ("Content-Length", "700"), ("ETag", '"e"'), body=[PAGE]))
    assert isinstance(body, list) and len(body) == 1
    assert reference.decompress(body[0]) == PAGE
    assert "Content-Length" not in headers
    assert (headers["Content-Encoding"], headers["Vary"], headers["ETag"]) == ("gzip", "Accept-Encoding", 'W/"e"')


def test_one_chunk_for_each_and_each_can_be_decoded_at_once() -> None:
    chunks = [b"one", b"", b"two", b"", b"three"]
    _, body = compressed(respond(HTML, body=iter(chunks)))
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    steps = list(body)
    assert [decoder.decompress(step) if step else b"" for step in steps[: len(chunks)]] == chunks
    assert len(steps) == len(chunks) + 1
    decoder.decompress(steps[-1])
    assert decoder.eof


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "image/png")],
        [HTML, ("Content-Encoding", "br")],
        [HTML, ("Content-Range", "bytes 0-1/3")],
        [HTML, ("Cache-Control", "private, No-Transform")],
        [HTML, ("Cache-Control", "no-transform"), ("cache-control", "private")],
        [HTML, ("Content-Length", "10")],
        [HTML, ("Content-Digest", "sha-256=:x:")],
        [],
    ],
)
def test_what_is_left_alone(headers: list[tuple[str, str]]) -> None:
    original = (PAGE,)
    found, body = compressed(respond(*headers, body=original))
    assert body is original
    assert found == dict(headers)


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "206 Partial Content"])
def test_statuses_that_are_left_alone(status: str) -> None:
    assert compressed(respond(HTML, status=status, body=[]))[0] == dict([HTML])


def test_vary_is_told_to_clients_that_do_not_accept_it() -> None:
    original = [PAGE]
    headers, body = compressed(respond(HTML, body=original), accept="")
    assert body is original
    assert headers == {**dict([HTML]), "Vary": "Accept-Encoding"}
    headers, _ = compressed(respond(HTML, ("Vary", "Cookie, accept-encoding")))
    assert headers["Vary"] == "Cookie, accept-encoding"


def test_a_response_that_starts_late_or_again_is_decided_then() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "image/png")])
        start_response("500 Oops", [HTML], (LookupError, LookupError(), None))
        yield PAGE

    server = Steps()
    environ = {**server.environ, "HTTP_ACCEPT_ENCODING": "gzip"}
    body = list(gzip(app)(environ, server.start_response))
    assert reference.decompress(b"".join(body)) == PAGE


def test_a_body_that_was_handed_on_is_never_called_compressed() -> None:
    starts: list[Any] = []

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        starts.append(start_response)
        start_response("200 OK", [("Content-Type", "image/png")])
        return iter([PAGE])

    server = Steps()
    body = gzip(app)({**server.environ, "HTTP_ACCEPT_ENCODING": "gzip"}, server.start_response)
    starts[0]("500 Oops", [HTML], (LookupError, LookupError(), None))
    assert list(body) == [PAGE]
    assert "Content-Encoding" not in dict(server.head[-1][1])


def test_gzip_closes_the_body_and_compresses_writes() -> None:
    closed: list[int] = []
    written: list[bytes] = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(1)

    def app(environ: Any, start_response: Any) -> Body:
        start_response("200 OK", [HTML])(b"written ")
        return Body([b"a", b"b"])

    body: Any = gzip(app)({"HTTP_ACCEPT_ENCODING": "gzip"}, lambda *_: written.append)
    assert reference.decompress(written[0] + b"".join(body)) == b"written ab"
    body.close()
    assert closed == [1]


def test_a_stream_pauses_through_gzip() -> None:
    server = Steps()
    stream = Stream(server.environ)
    body = gzip(respond(HTML, body=stream))({**server.environ, "HTTP_ACCEPT_ENCODING": "gzip"}, server.start_response)
    server.serve(body)
    assert server.step() == b""
    assert server.parked
    stream.put(b"event")
    assert zlib.decompressobj(31).decompress(server.step()) == b"event"


def test_request_id() -> None:
    seen: list[str] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ["wsgi_pause.request_id"])
        start_response("200 OK", [HTML])
        return original

    original = [PAGE]
    server = Steps()
    for trust, given in ((False, "theirs"), (True, "theirs"), (True, "not\nusable"), (True, "")):
        body = request_id(app, trust=trust)({"HTTP_X_REQUEST_ID": given}, server.start_response)
        assert body is original
        assert dict(server.head[-1][1])["X-Request-ID"] == seen[-1]
    assert seen[1] == "theirs"
    assert len(set(seen)) == 4 and "not\nusable" not in seen


class Beats:
    """An event stream under the heartbeat, which counts the steps it is given."""

    def __init__(self) -> None:
        self.server = Steps(call_later=True)
        self.steps = 0
        self.resume: Any = None
        self.server.serve(heartbeat(self.app, seconds=0.01, beat=b"beat")(self.server.environ, self.start))

    def start(self, status: str, headers: Any, exc_info: Any = None, /) -> Any:
        return self.server.start_response(status, headers, exc_info)

    def app(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/event-stream; charset=utf-8")])
        while True:
            self.steps += 1
            self.resume = environ["wsgi.pause_output"]()
            yield b""
            yield b"data"

    def fire(self) -> None:
        """The time of the next beat has come."""
        time.sleep(self.server.armed[0][0])
        self.server.armed[0][1]()


def test_beats_do_not_step_the_application() -> None:
    """P42: its epoch stays open over the beats."""
    beats = Beats()
    assert beats.server.step() == b""
    for _ in range(3):
        beats.fire()
        assert beats.server.step() == b"beat"
        assert beats.server.parked
        assert beats.resume.pending
    assert beats.steps == 1
    assert len(beats.server.armed) == 1
    assert [beats.resume(), beats.resume()] == [True, False]
    assert not beats.resume.pending
    assert beats.server.step() == b"data"


def test_a_resume_while_the_middleware_pauses_again_is_not_lost() -> None:
    beats = Beats()
    beats.server.step()
    beats.fire()
    resumed: list[bool] = []

    def racing() -> Any:
        resumed.append(beats.resume())
        return beats.server.pause_output()

    body: Any = beats.server._body
    body._pauses._pause_output = racing
    assert beats.server.step() == b"data"
    assert resumed == [True]
    assert not beats.server.parked


def test_a_wake_up_by_somebody_else_is_not_the_applications() -> None:
    """C54, seen from below."""
    beats = Beats()
    beats.server.step()
    beats.server.pause_output()()
    assert beats.server.step() == b""
    assert beats.steps == 1
    assert beats.server.parked


def test_no_event_is_late_or_lost_between_random_beats() -> None:
    """C78: real threads and timers."""
    server = Steps()
    count = 1000
    streams: list[Stream] = []

    def app(environ: Any, start_response: Any) -> Stream:
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        streams.append(Stream(environ, maxsize=2))
        return streams[0]

    def produce() -> Iterator[bytes]:
        for n in range(count):
            time.sleep(random.random() * 0.001)
            yield b"%d" % n

    body = heartbeat(app, seconds=0.0003, beat=b"beat")(server.environ, server.start_response)
    threading.Thread(target=streams[0].feed, args=(produce(),), daemon=True).start()
    chunks = server.serve(body).rest()
    assert [chunk for chunk in chunks if chunk != b"beat"] == [b"%d" % n for n in range(count)]
    assert b"beat" in chunks


def test_after_the_end_resumes_are_dead() -> None:
    beats = Beats()
    beats.server.step()
    body: Any = beats.server._body
    body.close()
    assert not beats.resume.pending
    assert not beats.resume()
    assert beats.server.armed == []


def test_other_content_types_and_servers_get_no_beats() -> None:
    server = Steps(call_later=True)

    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [HTML])
        yield from Event(environ).wait()

    server.serve(heartbeat(app, seconds=0.01)(server.environ, server.start_response))
    assert server.step() == b""
    assert server.armed == []
    original = [PAGE]
    assert heartbeat(respond(HTML, body=original))({}, server.start_response) is original


def test_a_middleware_above_that_swallows_does_not_make_it_spin() -> None:
    """P15: the application is stepped, as without this middleware, and waits."""
    beats = Beats()
    beats.server.step()
    assert beats.server.parked
    body: Any = beats.server._body
    assert next(body) == b"data"
