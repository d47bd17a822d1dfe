"""The ASGI wrapper without a server."""

from __future__ import annotations

import asyncio
import contextvars
import io
import logging
import time
from typing import Any

import pytest

from wsgi_pause._types import Headers, Write
from wsgi_pause.asgi import AsgiToWsgi, StartupFailed

variable = contextvars.ContextVar("variable", default="unset")


def call(app: AsgiToWsgi, **environ: Any) -> tuple[list[Any], bytes]:
    """One request on a server that cannot pause."""
    heads: list[Any] = []
    defaults = {"REQUEST_METHOD": "GET", "SERVER_NAME": "test", "SERVER_PORT": "80", "wsgi.input": io.BytesIO()}

    def start_response(status: str, headers: Headers, exc_info: object = None, /) -> Write:
        heads.append((status, headers))
        return lambda data: None

    body = app({**defaults, **environ}, start_response)
    try:
        return heads, b"".join(body)
    finally:
        body.close()  # type: ignore[attr-defined]


def http(function: Any) -> AsgiToWsgi:
    """The wrapped application, without lifespan."""

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await function(scope, receive, send)

    return AsgiToWsgi(app, grace=0.1)


async def answer(send: Any, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": 299, "headers": [(b"Connection", b"close"), (b"a", b"b")]})
    await send({"type": "http.response.body", "body": body})


def test_head_without_fields_of_the_connection() -> None:
    assert call(http(lambda scope, receive, send: answer(send))) == ([("299 Unknown", [("a", "b")])], b"")


def test_context_of_the_caller() -> None:
    async def function(scope: Any, receive: Any, send: Any) -> None:
        await answer(send, variable.get().encode())
        variable.set("of the coroutine")

    token = variable.set("of the caller")
    try:
        assert call(http(function))[1] == b"of the caller"
        assert variable.get() == "of the caller"
    finally:
        variable.reset(token)


@pytest.mark.parametrize(
    ("messages", "error"),
    [
        ([], "before its response was complete"),
        ([{"type": "http.response.start", "status": 200}], "before its response was complete"),
        ([{"type": "http.response.body", "body": b"x"}], "has no place here"),
        ([{"type": "http.response.start", "status": 200}] * 2, "has no place here"),
        ([{"type": "websocket.accept"}], "unknown"),
    ],
)
def test_application_breaks_the_protocol(messages: list[Any], error: str) -> None:
    async def function(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    with pytest.raises(RuntimeError, match=error):
        call(http(function))


def test_the_loop_survives_system_exit() -> None:
    async def function(scope: Any, receive: Any, send: Any) -> None:
        raise SystemExit(3)

    with pytest.raises(RuntimeError, match="raised SystemExit"):
        call(http(function))
    assert call(http(lambda scope, receive, send: answer(send, b"alive")))[1] == b"alive"


def test_error_after_the_response_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def function(scope: Any, receive: Any, send: Any) -> None:
        await answer(send, b"whole")
        assert (await receive())["type"] == "http.disconnect"
        raise ValueError("for the test")

    app = http(function)
    with caplog.at_level(logging.ERROR, "wsgi_pause.asgi"):
        assert call(app)[1] == b"whole"
        app.close()
    assert "after its response was complete" in caplog.text
    assert "for the test" in caplog.text


def test_body_cut_short() -> None:
    async def function(scope: Any, receive: Any, send: Any) -> None:
        seen = [(await receive()), (await receive())]
        assert [message["type"] for message in seen] == ["http.request", "http.disconnect"]

    with pytest.raises(ConnectionError):
        call(http(function), CONTENT_LENGTH="5", **{"wsgi.input": io.BytesIO(b"abc")})


def test_lifespan_that_fails_is_tried_again() -> None:
    starts: list[int] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await answer(send, b"%d" % scope["state"]["start"])
            return
        await receive()
        starts.append(1)
        if len(starts) == 1:
            await send({"type": "lifespan.startup.failed", "message": "not yet"})
            return
        scope["state"]["start"] = len(starts)
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
        starts.clear()
        await send({"type": "lifespan.shutdown.complete"})

    wsgi = AsgiToWsgi(app)
    with pytest.raises(StartupFailed, match="not yet"):
        call(wsgi)
    assert call(wsgi)[1] == b"2"
    assert call(wsgi)[1] == b"2"
    wsgi.close()
    assert not starts


def test_close_cancels_what_does_not_end() -> None:
    async def function(scope: Any, receive: Any, send: Any) -> None:
        await answer(send)
        await asyncio.Event().wait()

    app = http(function)
    call(app)
    began = time.monotonic()
    app.close(0.4)
    assert time.monotonic() - began < 2
