"""Advisories of other servers that are not about bytes alone, and that each known one is tested somewhere.

What is about bytes is in ``conformance/corpus``, each file with the advisories that it is from.
"""

from __future__ import annotations

import re
import time

import pytest

from conformance.corpus_file import FOLDER
from conformance.server import ROOT, Server

TESTS = (*FOLDER.rglob("*.http"), *ROOT.glob("conformance/test_*.py"), *ROOT.glob("*/src/test/java/**/*.java"))

# The advisories about HTTP/1.1 requests and responses that a server can repeat; not those about TLS, HTTP/2, WebSocket,
# decompression, or one peer's memory.
ADVISORIES = {
    "aiohttp": "CVE-2023-47627 CVE-2024-52304 CVE-2025-53643",
    "eventlet, gevent": "CVE-2025-58068 CVE-2023-41419",
    "Go": "CVE-2019-16276 CVE-2023-39326 CVE-2025-22871",
    "gunicorn": "CVE-2018-1000164 CVE-2024-1135 CVE-2024-6827",
    "h11": "CVE-2025-43859",
    "HAProxy": "CVE-2023-25725 CVE-2023-40225",
    "hyper": "CVE-2021-32714 CVE-2021-32715",
    "Jetty, Tomcat": "CVE-2017-7656 CVE-2017-7657 CVE-2021-33037 CVE-2023-40167 CVE-2023-45648 CVE-2023-46589",
    "Netty": "CVE-2019-16869 CVE-2019-20444 CVE-2019-20445 CVE-2021-43797 CVE-2025-58056 CVE-2026-33870 CVE-2026-42577"
    " CVE-2026-42581 CVE-2026-42585 CVE-2026-50020 CVE-2026-89044",
    "Node": "CVE-2020-8287 CVE-2021-22959 CVE-2021-22960 CVE-2022-32213 CVE-2022-32214 CVE-2022-32215 CVE-2023-30589"
    " CVE-2024-27982 CVE-2025-23167",
    "Puma": "CVE-2020-5247 CVE-2021-41136 CVE-2023-40175 CVE-2024-21647 CVE-2024-45614",
    "Tornado": "GHSA-qppv-j76h-2rpx GHSA-753j-mpmx-qq6g",
    "Twisted": "CVE-2020-10108 CVE-2020-10109 CVE-2022-24801 CVE-2022-39348 CVE-2023-46137 CVE-2024-41671",
    "waitress": "CVE-2019-16785 CVE-2019-16786 CVE-2019-16789 CVE-2019-16792 CVE-2020-5236 CVE-2022-24761"
    " CVE-2024-49768 CVE-2024-49769",
    "WSGI and CGI": "CVE-2015-0219 CVE-2016-1000110",
}


@pytest.mark.parametrize("peer", ADVISORIES)
def test_every_advisory_has_a_test(peer: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in TESTS)
    text = re.sub(r"^ADVISORIES = \{$.*?^\}$", "", text, flags=re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"CVE-\d{4}-\d+|GHSA(?:-\w{4}){3}", text))
    assert set(ADVISORIES[peer].split()) - named == set()


def test_a_pipelined_response_waits_for_its_turn(server: Server) -> None:
    """CVE-2023-46137 GHSA-xc8x-vp79-p3wm, CVE-2024-41671 GHSA-c8m8-j448-xjx7 (Twisted): responses out of order."""
    run = server.run("c56")
    run.connection.request("/numbered?n=secret")
    answer = run.connection.first()
    assert run.connection.silent(0.2)
    server.get(f"/open?id={run.identity}")
    assert run.connection.rest(answer).body == b"hellobye"
    assert run.response().body == b"secret"


def test_nothing_is_read_after_an_error_behind_a_running_request(server: Server) -> None:
    """CVE-2024-49768 GHSA-9298-4cf8-g4wj (waitress): a request read ahead was served after the error before it."""
    run = server.run("c56")
    smuggled = server.prepare("c56", run.connection)
    run.connection.send(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n")
    smuggled.send()
    answer = run.connection.first()
    server.get(f"/open?id={run.identity}")
    assert run.connection.rest(answer).body == b"hellobye"
    assert run.response().status == 400
    assert run.connection.ends()
    assert not server.probe(smuggled.identity)


def test_clients_that_reset_at_once_leave_nothing_behind(server: Server) -> None:
    """CVE-2024-49769 GHSA-3f84-rpwh-47g6 (waitress), CVE-2026-42577 (Netty): such a connection kept a loop busy."""
    for _ in range(50):
        server.connect().reset()
        server.connect().half_close()
        run = server.run("c56")
        run.connection.half_close()
        run.connection.reset()
    server.hang_up()
    server.ping()
    time.sleep(0.3)
    before = server.processor_seconds()
    time.sleep(0.5)
    assert server.processor_seconds() - before < 0.25


@pytest.mark.parametrize("head", ["Host : a\r\n", "Host: a\r\nContent-Length: 500000\r\nTransfer-Encoding: x\r\n"])
def test_an_answer_survives_what_is_not_read(server: Server, head: str) -> None:
    """gunicorn 26.0: the connection is drained, lest a reset takes the answer away (RFC 9112, 9.6)."""
    connection = server.connect()
    connection.send(f"POST / HTTP/1.1\r\n{head}\r\n".encode() + b"x" * 500_000)
    answer = connection.response()
    assert answer.status == 400
    assert answer.complete
    assert connection.ends()
    assert not connection.reset_by_peer


@pytest.mark.python_only
def test_responses_are_not_split(server: Server) -> None:
    """CVE-2018-1000164 (gunicorn), CVE-2020-5247 (Puma): line breaks in a header of the application."""
    logged = server.errors("kind=newline")
    answer = server.run("response", kind="newline").response()
    assert (answer.status, answer.header("Set-Cookie"), answer.header("X-Header")) == (500, None, None)
    server.expect_error("kind=newline", logged + 1)


@pytest.mark.python_only
@pytest.mark.parametrize("end", [b"5\r\nabcde\r\n0\r\n", b"5\r\nabcde\r\n0", b"5\r\nabcde\r\n0\r\nA: b\r\n"])
def test_a_body_that_lacks_its_last_line_is_not_complete(server: Server, end: bytes) -> None:
    """gunicorn 26.1: a body that was cut behind its last chunk passed for a whole one (RFC 9112, 8)."""
    run = server.prepare("input-cut", call="read")
    run.connection.request(run.target, "POST", "Transfer-Encoding: chunked\r\n")
    run.connection.send(end)
    run.events(lambda events: "reading" in events.counts)
    run.connection.half_close()
    events = run.closed()
    assert "read" not in events.counts
    assert events.counts["raised"] == 1
