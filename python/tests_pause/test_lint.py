"""`wsgi_pause.lint` and `wsgi_pause.check`: each rule is broken once, and sound applications break none."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import StreamingHttpResponse
from django.urls import path

from wsgi_pause import Stream, check, lint, sse
from wsgi_pause.check import Request
from wsgi_pause.middleware import gzip

ROOT = Path(__file__).resolve().parents[2]
TEXT = [("Content-Type", "text/plain")]
Environ = dict[str, Any]
Start = Callable[..., Any]


def breaches(application: Any, *, gzip: bool = False, **options: Any) -> list[str]:
    request = Request("/", gzip=gzip, **options).run(application)
    assert request.failure is None
    return [str(breach) for breach in request.breaches]


def answering(*chunks: Any, status: Any = "200 OK", headers: Any = TEXT) -> Any:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response(status, headers)
        return list(chunks)

    return app


def pausing(environ: Environ, start_response: Start) -> Iterator[bytes]:
    """Three events, a pause before each."""
    start_response("200 OK", TEXT)
    for number in range(3):
        resume = environ["wsgi.pause_output"]()
        threading.Timer(0.01, resume).start()
        yield b""
        yield b"event %d" % number


def streaming(environ: Environ, start_response: Start) -> Iterable[bytes]:
    stream = Stream(environ)
    start_response("200 OK", TEXT)

    def produce() -> None:
        for number in range(3):
            threading.Event().wait(0.01)
            stream.put(b"event %d" % number)
        stream.end()

    threading.Thread(target=produce).start()
    return stream


def writing_in_the_body(environ: Environ, start_response: Start) -> Iterator[bytes]:
    write = start_response("200 OK", TEXT)
    write(b"data")
    yield b""


def going_on(environ: Environ, start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    yield b"data"
    try:
        raise ValueError
    except ValueError:
        with contextlib.suppress(ValueError):
            start_response("500 Oops", TEXT, sys.exc_info())
    yield b"more"


def closing_the_input(environ: Environ, start_response: Start) -> Iterable[bytes]:
    environ["wsgi.input"].close()
    start_response("200 OK", TEXT)
    return []


def leaking(environ: Environ, start_response: Start) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    environ["wsgi.pause_output"]()
    yield b""


class Sized(list[bytes]):
    """Says that it has one chunk more than it has."""

    def __init__(self, *chunks: bytes) -> None:
        super().__init__(chunks)

    def __len__(self) -> int:
        return super().__len__() + 1


@pytest.mark.parametrize(
    ("application", "said"),
    [
        (answering(b"", status="200"), "the status is '200'"),
        (answering(b"", headers=tuple(TEXT)), "the headers are a tuple"),
        (answering(b"", headers=[["A", "b"]]), "is not a tuple of two strings"),
        (answering(b"", headers=[("A:", "b")]), "characters that no header may have"),
        (answering(b"", headers=[("A", "b\r\nC: d")]), "characters that no header may have"),
        (answering(b"", headers=[("Connection", "close")]), "hop-by-hop"),
        (answering(b"abcd", headers=[("Content-Length", "3")]), "longer than its Content-Length of 3"),
        (answering(b"ab", headers=[("Content-Length", "3")]), "has 2 bytes, its Content-Length is 3"),
        (answering(b"ab", headers=[("Content-Length", "x")]), "the Content-Length is x"),
        (answering("text"), "a chunk is 'text', not bytes"),
        (answering(*[b""] * 12), "P21: 10 empty chunks in a row"),
        (lambda environ, start_response: [], "P19: the body ended"),
        (lambda environ, start_response: [b"data"], "before start_response"),
        (lambda environ, start_response: [start_response("200 OK", TEXT) and b"" for _ in "12"], "without exc_info"),
        (answering(b"", status="100 Continue"), "RFC 9110, 15: the status 100 Continue is no final one"),
        (answering(b"", headers=[("Status", "200 OK")]), "Status is no header"),
        (answering(status="204 No Content", headers=[("Content-Length", "0")]), "204 has a Content-Length"),
        (answering(b"data", status="304 Not Modified"), "4 bytes of data for a status that can have none"),
        (lambda environ, start_response: start_response("200 OK", TEXT)("text") or [], "write() was given 'text'"),
        (writing_in_the_body, "write() was called in a step of the body"),
        (lambda environ, start_response: start_response("200 OK", TEXT, "oops") and [], "exc_info is 'oops'"),
        (going_on, "start_response raised exc_info, as the headers were sent, and the body went on"),
        (lambda environ, start_response: start_response("200 OK", TEXT) and Sized(b"a"), "the len() of the body is 2"),
        (closing_the_input, "wsgi.input was closed: it is the server's"),
        (leaking, "P16: a pause that nobody can end"),
    ],
)
def test_a_broken_rule_is_told_in_a_line(application: Any, said: str) -> None:
    found = breaches(application)
    assert any(said in breach for breach in found), found
    assert all("\n" not in breach for breach in found)


@pytest.mark.parametrize("application", [answering(b"a", b"b"), pausing, streaming, gzip(streaming), gzip(pausing)])
@pytest.mark.parametrize("accepts", [False, True])
def test_a_sound_stack_breaks_nothing(application: Any, accepts: bool) -> None:
    assert breaches(application, gzip=accepts) == []


class Swallower:
    """Hands on the chunks that are not empty."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def __call__(self, environ: Environ, start_response: Start) -> Iterator[bytes]:
        for chunk in self._application(environ, start_response):
            if chunk:
                yield chunk


@pytest.mark.parametrize("application", [pausing, streaming])
def test_who_steps_a_child_twice_is_named(application: Any) -> None:
    (breach,) = breaches(Swallower(application))
    assert breach.startswith("P40: ")
    assert f"{__name__}." in breach
    assert "__call__ steps its child again" in breach


class Counter:
    """A body with a pause before each of its chunks; ``__next__`` and no generator."""

    def __init__(self, environ: Environ) -> None:
        self._pause = environ["wsgi.pause_output"]
        self._steps = 0

    def __iter__(self) -> Counter:
        return self

    def __next__(self) -> bytes:
        self._steps += 1
        if self._steps > 30:
            raise StopIteration
        if self._steps % 2:
            threading.Timer(0.001, self._pause()).start()
            return b""
        return b"data"


def counting(environ: Environ, start_response: Start) -> Counter:
    start_response("200 OK", TEXT)
    return Counter(environ)


def test_iterators_are_watched_as_generators_are() -> None:
    assert breaches(counting) == []
    (breach,) = breaches(Swallower(counting))
    assert breach.startswith("P40: ")


def test_held_back_data_is_found() -> None:
    def late(environ: Environ, start_response: Start) -> Iterator[bytes]:
        held = b""
        for chunk in pausing_with_data(environ, start_response):
            yield held
            held = chunk
        yield held

    def pausing_with_data(environ: Environ, start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", TEXT)
        threading.Timer(0.01, environ["wsgi.pause_output"]()).start()
        yield b"data"

    (breach,) = breaches(late)
    assert breach.startswith("P17: 4 bytes of a step that paused were held back")


def view(request: Any) -> StreamingHttpResponse:
    stream = sse.EventStream(request.environ)
    stream.on_close(threading.Timer(0.01, stream.send, ["event"]).cancel)
    threading.Timer(0.05, stream.send, ["event"]).start()
    threading.Timer(0.1, stream.end).start()
    return StreamingHttpResponse(stream, headers=dict(sse.headers()))


urlpatterns = [path("", view)]


@pytest.fixture(scope="module")
def django_app() -> Any:
    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"]
        )
        django.setup()
    return WSGIHandler()


def test_djangos_gzip_is_named(django_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert breaches(django_app) == []
    (breach,) = breaches(django_app, gzip=True)
    assert breach.startswith("P40: django.utils.text.")
    assert "that is Django's GZipMiddleware: take it out of MIDDLEWARE" in breach
    (known,) = check.known_swallowers()
    assert known.rule == "P41"


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(check, "known_swallowers", list)
    monkeypatch.setitem(sys.modules, "checked", sys.modules[__name__])
    assert check.main(["checked:pausing"]) == 0
    assert "GET /: 200 OK, 6 steps, 3 pauses\n" in capsys.readouterr().out
    assert check.main(["checked:swallowing()"]) == 1
    assert "rules broken" in capsys.readouterr().out
    assert check.main(["checked:absent"]) == 2
    assert check.main(["no_such_module_at_all"]) == 2


def test_the_command_of_the_server() -> None:
    """``pausa check`` needs no Java, and finds this package beside its own."""
    command = [sys.executable, "-c", "from pausa._launcher import main; main()", "check", "examples.clock:app"]
    environ = dict(os.environ, PYTHONPATH=str(ROOT / "python"), JAVA_HOME="", PATH="")
    ended = subprocess.run([*command, "--path", "/events"], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.endswith("No rule was broken.\n")


def swallowing() -> Any:
    return Swallower(pausing)


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (("Li nk", "a"), "characters that no header may have"),
        (("Connection", "close"), "hop-by-hop"),
        (("content-length", "1"), "Content-Length in early hints"),
        (["Link", "a"], "is not a tuple of two strings"),
    ],
)
def test_early_hints_are_headers(header: Any, text: str) -> None:
    def hinting(environ: Environ, start_response: Start) -> Iterable[bytes]:
        environ["wsgi.early_hints"]([("Link", "</style.css>; rel=preload"), header])
        start_response("200 OK", TEXT)
        return [b""]

    (breach,) = breaches(hinting)
    assert text in breach


def test_the_contract_is_in_the_documents() -> None:
    """To write it anew: ``cd python && python -m wsgi_pause.lint > ../docs/contract.md``."""
    assert (ROOT / "docs" / "contract.md").read_text(encoding="utf-8") == lint.contract()
