"""Runs Starlette's own tests inside a live Pausa: each request of their TestClient goes over a socket to this server.

`GET /run` starts them, from the folder in `STARLETTE`; `GET /report` is null until they are done, then an object with
the outcome of each test. Only the client's way to the application is replaced: transport, and lifespan by the wrapper.
"""

# mypy: disable-error-code="attr-defined, has-type"
from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import pytest

from wsgi_pause.asgi import AsgiToWsgi, StartupFailed

FOLDER = os.environ["STARLETTE"]
sys.path.insert(0, FOLDER)

from starlette import testclient  # noqa: E402

httpx = testclient.httpx
REASONS = {"trio": "runs on trio", "websocket": "uses a WebSocket"}

address: tuple[str, int] = ("127.0.0.1", 0)
calls: dict[int, Call] = {}  # by the client's port
report: dict[str, Any] = {}
finished = threading.Event()


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Hands a request of a test on to the application that the test made."""
    call = calls.get(int(environ["REMOTE_PORT"]))
    if call is not None:
        return call(environ, start_response)
    if environ["PATH_INFO"] == "/run":
        global address
        address = ("127.0.0.1", int(environ["SERVER_PORT"]))
        threading.Thread(target=run, daemon=True).start()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(report if finished.is_set() else None).encode()]


class Call:
    """One request of a test: the application's end is waited for and its exception kept, as TestClient does."""

    def __init__(self, client: Client, transport: Transport, scheme: str) -> None:
        self.error: BaseException | None = None
        self.debug: dict[str, Any] | None = None
        self.ended = threading.Event()
        self._client, self._transport, self._scheme = client, transport, scheme

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # What a proxy in front of the server would have changed.
        environ["wsgi.url_scheme"] = self._scheme
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = self._transport.client[0], str(self._transport.client[1])
        root = self._transport.root_path
        if root and environ["PATH_INFO"].startswith(root):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = root, environ["PATH_INFO"][len(root) :]
        return AsgiToWsgi(self._application)(environ, start_response)

    async def _application(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError  # it has its own wrapper, if the test wants it
        scope["state"] = self._client.app_state.copy()
        scope["extensions"]["http.response.debug"] = {}

        async def noted(message: Any) -> None:
            if message["type"] == "http.response.debug":
                self.debug = message["info"]
            else:
                await send(message)

        try:
            await self._client.app(scope, receive, noted)
        except BaseException as error:
            self.error = error
            raise
        finally:
            self.ended.set()


class Transport(httpx.BaseTransport):  # type: ignore[misc, name-defined]
    """Sends the requests of a TestClient over sockets."""

    def __init__(self, live: Client, raise_server_exceptions: bool, root_path: str, client: tuple[str, int]) -> None:
        self.live, self.raises, self.root_path, self.client = live, raise_server_exceptions, root_path, client

    def handle_request(self, request: Any) -> Any:
        if request.url.scheme in ("ws", "wss"):
            exclude("websocket")
        connection = http.client.HTTPConnection(*address, timeout=20)
        connection.connect()
        assert isinstance(connection.sock, socket.socket)
        port = connection.sock.getsockname()[1]
        call = calls[port] = Call(self.live, self, request.url.scheme)
        report["live"].add(report["test"])
        try:
            target = request.url.raw_path.decode("ascii")
            connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
            body = request.read()
            for name, value in request.headers.raw:
                if name.lower() != b"transfer-encoding":
                    connection.putheader(name, value)
            if body and "content-length" not in request.headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            try:
                data = answer.read()
            except (http.client.IncompleteRead, OSError):
                data = b""
            call.ended.wait(5)
        finally:
            connection.close()
            calls.pop(port, None)
        if call.error is not None and self.raises:
            raise call.error
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        response = httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(data), request=request)
        if call.debug is not None:
            response.template, response.context = call.debug["template"], call.debug["context"]
        return response


class Client(testclient.TestClient):
    """Starlette's client with another transport, and lifespan by the wrapper."""

    def __init__(self, app: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(app, *arguments, **options)
        transport: Any = self._transport
        if self.async_backend["backend"] != "asyncio":
            exclude("trio")
        self._transport = Transport(self, transport.raise_server_exceptions, transport.root_path, transport.client)
        self._started: AsgiToWsgi | None = None

    def __enter__(self) -> Client:
        errors: list[BaseException] = []

        async def noted(scope: dict[str, Any], receive: Any, send: Any) -> None:
            try:
                await self.app(scope, receive, send)
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                errors.append(error)
                raise

        self._errors = errors
        self._started = AsgiToWsgi(noted)
        try:
            self.app_state.update(self._started.start())
        except StartupFailed:
            raise errors[0] if errors else SystemExit from None
        if errors:
            raise errors[0]
        return self

    def __exit__(self, *_: Any) -> None:
        if self._started is not None:
            self._started.close()
            self._started = None
            if self._errors:
                raise self._errors[0]


def exclude(why: str) -> NoReturn:
    """Ends the test: it is none of those that are meant."""
    report["excluded"][report["test"]] = REASONS[why]
    pytest.skip(REASONS[why])


class Outcomes:
    """Notes how each test ended."""

    def pytest_runtest_setup(self, item: Any) -> None:
        report["test"] = item.nodeid

    def pytest_runtest_logreport(self, report: Any) -> None:
        outcomes = globals()["report"]["outcomes"]
        if report.failed or report.when == "call":
            last = str(report.longrepr).splitlines()[-1:] if report.failed else []
            outcomes[report.nodeid] = [report.outcome, *last]
            if report.failed:
                print(report.nodeid, report.longreprtext, file=sys.stderr)


def run() -> None:
    """Runs the tests in this thread."""
    testclient.TestClient = Client  # type: ignore[misc]
    report.update(test="", outcomes={}, excluded={}, live=set())
    # Tests of the client and of WebSockets themselves; and pytest's part that wants the main thread.
    ignored = ("test_testclient.py", "test_websockets.py")
    options = ["-q", "-p", "no:faulthandler", "-p", "no:cacheprovider", "--rootdir", FOLDER, "--tb=short"]
    options += ["--assert=plain", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    options += [f"--ignore={FOLDER}/tests/{name}" for name in ignored]
    os.chdir(FOLDER)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            report["code"] = pytest.main([*options, f"{FOLDER}/tests"], plugins=[Outcomes()])
    finally:
        report["live"] = sorted(report["live"])
        finished.set()
