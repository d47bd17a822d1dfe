"""What a client and the log are told when something goes wrong, and whose fault it was; request ids."""

from __future__ import annotations

import json
import re
import time

import pytest

from conformance.client import Response
from conformance.conftest import Serve
from conformance.server import Run, Server

ID = re.compile(r"[0-9a-f]{32}")
BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"


def ask(server: Server, target: str, headers: str = "", method: str = "GET") -> Response:
    connection = server.connect()
    connection.request(target, method, headers)
    return connection.response(method)


def failing(server: Server, kind: str, headers: str = "", method: str = "GET") -> tuple[Run, Response]:
    run = server.prepare("failing", kind=kind).send(method, headers)
    return run, run.response(method)


def logged(server: Server, text: str) -> str:
    """The one record with this text, which may take a moment."""
    deadline = time.monotonic() + 2
    while True:
        records = [r for level in ("INFO", "WARNING", "ERROR") for r in server.records(level) if text in r]
        if records or time.monotonic() > deadline:
            assert len(records) == 1, (text, records)
            return records[0]
        time.sleep(0.02)


def test_an_error_says_nothing_of_the_exception(server: Server) -> None:
    run, answer = failing(server, "chained")
    server.expect_error(run.identity)
    assert answer.status == 500
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"
    assert answer.header("X-Request-ID") is None
    assert b"failing" not in answer.body
    identity = ID.search(answer.body.decode())
    assert identity, answer.body
    record = logged(server, identity[0])
    assert f"[application] GET {run.target} HTTP/1.1 ({identity[0]}): " in record
    assert "answered with 500" in record
    assert "failing-inner" in record
    assert "failing-outer" in record
    run.connection.request("/ping")  # the connection goes on
    assert run.connection.response().body == b"pong"


def test_a_browser_gets_html(server: Server) -> None:
    run, answer = failing(server, "chained", BROWSER)
    server.expect_error(run.identity)
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert len(answer.body) < 2048
    assert answer.body.startswith(b"<!doctype html>")
    assert b"http" not in answer.body  # nothing to load
    assert b"failing" not in answer.body
    assert int(answer.header("Content-Length") or "") == len(answer.body)


def test_a_program_gets_problem_details(server: Server) -> None:
    run, answer = failing(server, "chained", "Accept: application/json\r\n")
    server.expect_error(run.identity)
    assert answer.header("Content-Type") == "application/problem+json"
    problem = json.loads(answer.body)
    assert problem["status"] == 500
    assert problem["title"] == "Internal Server Error"
    assert ID.fullmatch(problem["request_id"])


def test_a_head_has_the_length_only(server: Server) -> None:
    run, answer = failing(server, "chained", BROWSER, "HEAD")
    server.expect_error(run.identity)
    assert answer.status == 500
    assert int(answer.header("Content-Length") or "") > 500
    run.connection.request("/ping")
    assert run.connection.response().body == b"pong"


def test_a_response_that_began_is_cut(server: Server) -> None:
    run, answer = failing(server, "late")
    server.expect_error(run.identity)
    assert answer.status == 200
    assert not answer.complete
    assert "its response had begun: connection closed" in logged(server, run.identity)


def test_a_refused_body_is_the_clients_fault(server: Server) -> None:
    run = server.prepare("failing", kind="read").send("POST", CHUNKED + BROWSER)
    run.connection.send(b"5\r\nhello\r\n")
    time.sleep(0.2)
    run.connection.send(b"<x>\r\n")
    answer = run.response()
    assert answer.status == 400
    assert b"RFC 9112, 7.1" in answer.body
    assert b"<x>" not in answer.body
    assert run.connection.ends()
    record = logged(server, run.identity)
    assert "[INFO] [client] POST" in record
    assert "Traceback" not in record


def test_an_application_that_hides_that_is_at_fault(server: Server) -> None:
    run = server.prepare("failing", kind="wrapped").send("POST", CHUNKED)
    run.connection.send(b"5\r\nhello\r\n")
    time.sleep(0.2)
    run.connection.send(b"X\r\n")
    assert run.response().status == 500
    server.expect_error("failing-wrapped")


@pytest.mark.parametrize(
    ("request_text", "status", "reason"),
    [
        ("GET / HTTP/1.1\r\n\r\n", 400, "Host"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: <script>\0\r\n\r\n", 400, "a NUL in a field value"),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "HTTP"),
        ("GET /" + "a" * 9000 + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "bytes"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a" * 9000 + "\r\n\r\n", 431, "bytes"),
    ],
    ids=["no-host", "nul", "version", "long-line", "long-field"],
)
def test_bytes_that_are_no_request(server: Server, request_text: str, status: int, reason: str) -> None:
    connection = server.connect()
    connection.send(request_text.encode("latin-1"))
    answer = connection.response()
    assert answer.status == status
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert reason.encode() in answer.body
    assert b"script" not in answer.body
    identity = ID.search(answer.body.decode())
    assert identity
    record = logged(server, identity[0])
    assert "[INFO] [client] " in record
    assert f"refused with {status}: " in record
    assert connection.ends()


def test_a_refusal_is_a_page_as_well(server: Server) -> None:
    connection = server.connect()
    connection.send(f"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n{BROWSER}\r\n".encode())
    answer = connection.response()
    assert answer.status == 501
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert b"CONNECT is not implemented" in answer.body


def test_debug_shows_the_traceback(serve: Serve, subject: str) -> None:
    server = serve("--threads", "2", "--debug")
    assert "[WARNING] --debug: " in server.log()
    run, answer = failing(server, "chained", BROWSER)
    server.expect_error(run.identity)
    page = answer.body.decode()
    assert f"GET {run.target.replace('&', '&amp;')} HTTP/1.1" in page
    assert "failing-outer &lt;b&gt; &amp; 'c'" in page
    assert "failing-inner" in page
    assert ("failing.py" if subject == "python" else "Failing.java") in page
    if subject == "python":
        assert 'raise KeyError("failing-inner")'.replace('"', "&quot;") in page
        assert "The above exception was the direct cause of the following exception" in page
    assert "_bridge.py" not in page


def test_ids_of_requests(serve: Serve) -> None:
    server = serve("--threads", "2", "--request-id-header", "X-Request-ID")
    made = ask(server, "/request-id")
    assert ID.fullmatch(made.body.decode())
    assert made.header("X-Request-ID") == made.body.decode()
    assert ask(server, "/request-id").body != made.body
    taken = ask(server, "/request-id", "X-Request-ID: from-a-proxy-1\r\n")
    assert taken.body == b"from-a-proxy-1"
    assert taken.header("X-Request-ID") == "from-a-proxy-1"
    for unusable in ("a b", "a\tb", "<b>", '"', "x" * 129):
        answer = ask(server, "/request-id", f"X-Request-ID: {unusable}\r\n")
        assert ID.fullmatch(answer.body.decode()), unusable
    run, failed = failing(server, "chained", "X-Request-ID: quoted-by-the-user\r\n")
    server.expect_error(run.identity)
    assert failed.header("X-Request-ID") == "quoted-by-the-user"
    assert b"Request quoted-by-the-user" in failed.body
    logged(server, "(quoted-by-the-user)")


def test_no_ids_unless_asked_for(server: Server) -> None:
    answer = ask(server, "/request-id", "X-Request-ID: abc\r\n")
    assert answer.body in (b"None", b"null")
    assert answer.header("X-Request-ID") is None


def test_ids_in_the_access_log(fresh: Serve) -> None:
    server = fresh("--threads", "2", "--access-logfile", "-", "--access-logformat", "access %(id)s %(U)s")
    answer = ask(server, "/request-id", "X-Request-ID: abc\r\n")
    assert answer.status == 200
    deadline = time.monotonic() + 2
    while "access abc /request-id\n" not in server.log():
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.02)
    run, failed = failing(server, "chained")
    identity = ID.search(failed.body.decode())
    assert identity
    server.expect_error(run.identity)
    while f"access {identity[0]} /failing\n" not in server.log():
        assert time.monotonic() < deadline + 2, server.log()
        time.sleep(0.02)


@pytest.mark.python_only
def test_none_is_no_body(server: Server) -> None:
    run, answer = failing(server, "none")
    server.expect_error(run.identity)
    assert answer.status == 500
    record = logged(server, run.identity)
    assert "the application broke its contract: the application returned None" in record
    assert "\n" not in record.strip()
