"""`wsgi_pause.lint` on both sides of a middleware, and `pausa check` above and below what others wrote."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import bottle
import flask
import pytest
import webob
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.wrappers import Request as WerkzeugRequest
from werkzeug.wrappers import Response as WerkzeugResponse

from wsgi_pause import check, sse
from wsgi_pause._types import Application, Environ
from wsgi_pause.lint import Lint
from wsgi_pause.middleware import gzip, heartbeat, request_id

Start = Callable[..., Any]
Middleware = Callable[[Application], Any]


def told(middleware: Middleware, *, sound: bool = False) -> list[str]:
    """The breaches; a child may fail of what is done to it, but not by a sound middleware."""
    breaches: dict[str, None] = {}
    for request in check.check_middleware(middleware, ["/"], 1.0):
        assert not sound or request.failure is None, request.title
        breaches |= {str(breach): None for breach in request.breaches}
    return list(breaches)


def changed(key: str, value: Any) -> Middleware:
    """A middleware that hands down another environ; None takes the key away."""

    def middleware(application: Application) -> Application:
        def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
            other = {**environ, key: value}
            if value is None:
                del other[key]
            return application(other, start_response)

        return app

    return middleware


def by_keywords(application: Any) -> Any:
    return lambda environ, start_response: application(environ=environ, start_response=start_response)


def without_write(application: Application) -> Any:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        def start(*arguments: Any) -> Any:
            start_response(*arguments)

        return application(environ, start)

    return app


class Proxy(dict[str, Any]):
    """An environ that is no dict."""


def proxied(application: Application) -> Any:
    return lambda environ, start_response: application(Proxy(environ), start_response)


def forgetting_close(application: Application) -> Any:
    def app(environ: Environ, start_response: Start) -> Iterator[bytes]:
        iterator = iter(application(environ, start_response))
        while (chunk := next(iterator, None)) is not None:
            yield chunk

    return app


class Twice:
    """Closes the child's body twice."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def __iter__(self) -> Any:
        return iter(self._body)

    def close(self) -> None:
        self._body.close()
        self._body.close()


def closing_twice(application: Application) -> Any:
    return lambda environ, start_response: Twice(application(environ, start_response))


def stepping_after_close(application: Application) -> Any:
    def app(environ: Environ, start_response: Start) -> Iterator[bytes]:
        body: Any = application(environ, start_response)
        body.close()
        yield from body

    return app


def collecting(application: Application) -> Any:
    """Takes all of the child's chunks in the call."""

    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        body: Any = application(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            body.close()

    return app


def skipping(application: Application) -> Any:
    """Hands on the chunks that are not empty."""

    def app(environ: Environ, start_response: Start) -> Iterator[bytes]:
        body: Any = application(environ, start_response)
        try:
            yield from filter(None, body)
        finally:
            body.close()

    return app


def sending_by_write(application: Application) -> Any:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        writes: list[Any] = []

        def start(*arguments: Any) -> Any:
            writes[:] = [start_response(*arguments)]
            return writes[0]

        body: Any = application(environ, start)
        try:
            for chunk in body:
                if writes:
                    writes[0](chunk)
            return []
        finally:
            body.close()

    return app


@pytest.mark.parametrize(
    ("middleware", "said"),
    [
        (by_keywords, "PEP 3333: the application was called with the keywords environ, start_response"),
        (without_write, "PEP 3333: start_response returned None, not the write callable"),
        (lambda application: lambda environ, start_response: application(environ, None), "start_response is None"),
        (proxied, "PEP 3333: environ is a Proxy, not a dict"),
        (changed("REQUEST_METHOD", None), "PEP 3333: environ has no REQUEST_METHOD"),
        (changed("wsgi.run_once", None), "PEP 3333: environ has no wsgi.run_once"),
        (changed("SERVER_NAME", ""), "PEP 3333: environ['SERVER_NAME'] is empty"),
        (changed("SERVER_PORT", 80), "PEP 3333: environ['SERVER_PORT'] is 80, not a str"),
        (changed("HTTP_X_USER", "\u20ac"), "PEP 3333: environ['HTTP_X_USER'] is"),
        (changed("wsgi.version", "1.0"), "PEP 3333: environ['wsgi.version'] is '1.0'"),
        (changed("wsgi.url_scheme", "ws"), "PEP 3333: environ['wsgi.url_scheme'] is 'ws'"),
        (changed("SCRIPT_NAME", "/"), "PEP 3333: SCRIPT_NAME is '/'"),
        (changed("PATH_INFO", "x"), "PEP 3333: PATH_INFO is 'x'"),
        (changed("PATH_INFO", ""), "PEP 3333: SCRIPT_NAME and PATH_INFO are both empty"),
        (changed("HTTP_CONTENT_TYPE", "text/x"), "PEP 3333: environ has HTTP_CONTENT_TYPE: it must be CONTENT_TYPE"),
        (changed("CONTENT_LENGTH", "-1"), "PEP 3333: CONTENT_LENGTH is '-1', no number"),
        (changed("wsgi.errors", 1), "PEP 3333: wsgi.errors, a int, has no write"),
        (changed("wsgi.pause_output", 1), "P1: environ['wsgi.pause_output'] is 1"),
        (forgetting_close, "P25: close() of the body, a _Child, was never called"),
        (closing_twice, "P25: close() was called twice"),
        (stepping_after_close, "P25: a step was taken after close()"),
        (collecting, "PEP 3333: the middleware steps its child before it returns a body of its own"),
        (skipping, "P40: the middleware steps its child 2 times in one step of its own"),
        (sending_by_write, "PEP 3333: the middleware sends by write() what its child did not"),
    ],
)
def test_what_a_middleware_does_to_its_child_is_told(middleware: Middleware, said: str) -> None:
    breaches = told(middleware)
    assert any(said in breach for breach in breaches), breaches
    assert all("\n" not in breach for breach in breaches)


def generating(application: Application) -> Any:
    """The commonest shape of a middleware."""

    def app(environ: Environ, start_response: Start) -> Iterator[bytes]:
        body: Any = application(environ, start_response)
        try:
            yield from body
        finally:
            body.close()

    return app


@pytest.mark.parametrize(
    "middleware",
    [
        lambda application: application,
        gzip,
        heartbeat,
        request_id,
        ProxyFix,
        lambda application: DispatcherMiddleware(application, {"/other": flask.Flask(__name__)}),
        lambda application: SharedDataMiddleware(application, {"/static": "/nowhere"}),
    ],
    ids=["none", "gzip", "heartbeat", "request_id", "ProxyFix", "Dispatcher", "SharedData"],
)
def test_sound_middleware_breaks_nothing(middleware: Middleware) -> None:
    assert told(middleware, sound=True) == []


def live(environ: Environ) -> sse.EventStream:
    stream = sse.EventStream(environ)
    timers = [threading.Timer(0.02, stream.send, ["event"]), threading.Timer(0.04, stream.end)]
    for timer in timers:
        timer.start()
        stream.on_close(timer.cancel)
    return stream


def of_flask() -> Any:
    app = flask.Flask(__name__)

    @app.route("/", methods=["GET", "POST"])
    def home() -> Any:
        return {"form": flask.request.form, "data": flask.request.get_data(as_text=True)}

    @app.route("/live")
    def events() -> Any:
        return flask.Response(live(flask.request.environ), headers=dict(sse.headers()))

    return app


def of_bottle() -> Any:
    app = bottle.Bottle()
    app.route("/", ["GET", "POST"], lambda: "hello" + "".join(bottle.request.forms))
    app.route("/bytes", "GET", lambda: [b"one", b"two"])
    return app


def of_webob() -> Any:
    def app(environ: Environ, start_response: Start) -> Any:
        answer = webob.Response(body=webob.Request(environ).body + b"hello", content_type="text/plain")
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            answer.encode_content("gzip", lazy=True)
        return answer(environ, start_response)

    return app


def of_werkzeug() -> Any:
    @WerkzeugRequest.application
    def app(request: WerkzeugRequest) -> WerkzeugResponse:
        return WerkzeugResponse(request.get_data() + b"hello", mimetype="text/plain")

    return app


@pytest.mark.parametrize(
    ("application", "paths"),
    [
        (of_flask(), ["/", "/live", "/absent"]),
        (of_bottle(), ["/", "/bytes", "/absent"]),
        (of_webob(), ["/"]),
        (of_werkzeug(), ["/"]),
    ],
    ids=["Flask", "Bottle", "WebOb", "Werkzeug"],
)
def test_real_frameworks_break_nothing(application: Any, paths: list[str]) -> None:
    for request in check.requests(paths, 1.0):
        request.run(application)
        assert request.failure is None, request.title
        assert request.breaches == [], request.title


def test_the_peek_of_webob_is_told() -> None:
    """`Request.call_application` steps the child in the call, up to its first chunk."""

    def middleware(application: Application) -> Any:
        def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
            status, headers, body = webob.Request(environ).call_application(application)
            start_response(status, headers)
            return body  # type: ignore[no-any-return]

        return app

    assert any("steps its child before it returns" in breach for breach in told(middleware))


def test_on_a_server_it_writes_to_wsgi_errors(capsys: pytest.CaptureFixture[str]) -> None:
    def app(environ: Environ, start_response: Start) -> Iterable[bytes]:
        start_response("200", [])
        return []

    check.Request("/").run(Lint(app))
    assert "wsgi_pause.lint: PEP 3333: the status is '200'" in capsys.readouterr().err


def test_the_command_checks_a_middleware(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setitem(sys.modules, "checked", sys.modules[__name__])
    assert check.main(["--middleware", "checked:request_id"]) == 0
    assert capsys.readouterr().out.endswith("No rule was broken.\n")
    assert check.main(["--middleware", "checked:skipping"]) == 1
    assert "  P40: the middleware steps its child" in capsys.readouterr().out
