"""The corpus over real sockets: each case whole, byte by byte, and with another request behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TextIO

import pytest

from conformance.client import Connection
from conformance.corpus_file import Accepted, Case, cases
from conformance.server import Server

CASES = cases()
TAIL = b"GET /tail HTTP/1.1\r\nHost: tail\r\nConnection: close\r\n\r\n"
TAIL_READ = Accepted("GET", "/tail", "HTTP/1.1", fields=[("Host", "tail"), ("Connection", "close")])
# Pieces of a case, at most: a long one is not sent byte by byte.
PIECES = 1000
# What a server may be trusted to read in one go.
AT_ONCE = 1000
DROPPED = ("proxy", "transfer-encoding")


class Talker:
    """A server for the corpus, its log, and a connection to ask which requests reached the application."""

    def __init__(self) -> None:
        self.server = Server("corpus", ("--threads", "2"))
        self._asking = Connection(self.server.address)
        self._log: TextIO = open(  # noqa: SIM115 (it is read on and on)
            self.server.log_path, encoding="utf-8", errors="replace"
        )
        self._log.seek(0, 2)

    def talk(self, pieces: list[bytes]) -> tuple[list[tuple[int, bytes]], list[dict[str, Any]], list[str]]:
        """Responses, what the application saw, and lines of the log."""
        responses = []
        with Connection(self.server.address) as connection:
            port = connection.socket.getsockname()[1]
            for piece in pieces:
                connection.send(piece)
            connection.half_close()
            while (response := connection.response()).status:
                assert response.complete
                responses.append((response.status, response.body))
            assert not connection.reset_by_peer
        self._asking.request(f"/calls?{port}")
        calls = json.loads(self._asking.response().body)
        return responses, calls, self._log.read().splitlines()

    def stop(self) -> None:
        self._asking.close()
        self._log.close()
        assert not self.server.stop()


@pytest.fixture(scope="module")
def talker(built: None) -> Iterator[Talker]:
    talker = Talker()
    yield talker
    talker.stop()


def pieces(wire: bytes) -> list[bytes]:
    size = -(-len(wire) // PIECES)
    return [wire[start : start + size] for start in range(0, len(wire), size)]


def variables(request: Accepted) -> dict[str, str]:
    """What the fields become in the environ."""
    found: dict[str, str] = {}
    for name, value in request.fields:
        if "_" in name or name.lower() in DROPPED:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key
        separator = "; " if key == "HTTP_COOKIE" else ","
        found[key] = found[key] + separator + value if key in found else value
    if request.form == "absolute" and "HTTP_HOST" not in found:
        found["HTTP_HOST"] = request.target.split("/")[2].partition("?")[0]
    return found


def check_call(call: dict[str, Any], request: Accepted) -> None:
    assert call["complete"]
    assert (call["REQUEST_METHOD"], call["RAW_URI"]) == (request.method, request.target)
    assert call["SERVER_PROTOCOL"] == request.version
    fields = {key: value for key, value in call.items() if key.startswith(("HTTP_", "CONTENT_"))}
    assert fields == variables(request)
    if "body" in call:
        assert call["body"].encode("latin-1") == request.body
    if request.form == "asterisk":
        assert call["PATH_INFO"] == ""


def check(talker: Talker, case: Case, wire: list[bytes], tail: bool) -> None:
    responses, calls, log = talker.talk(wire)
    # What comes after a request that ends the connection is not read, and what the server itself answers ends it.
    end = next((i for i, request in enumerate(case.accepted) if request.close or request.served), None)
    expected = case.accepted if end is None else case.accepted[: end + 1]
    served = expected[-1].served if expected else None
    refusal = (case.refused.status, case.refused.reason) if case.refused and end is None else served
    right = expected[:-1] if served else expected
    if refusal is None and tail and end is None:
        right = [*right, TAIL_READ]
    assert [status for status, _ in responses] == [200] * len(right) + ([refusal[0]] if refusal else [])
    begun = case.refused is not None and case.refused.in_body and (len(wire) > 1 or len(case.wire) > AT_ONCE)
    if begun:
        # The application may have begun, but never with a body that seems complete.
        assert not any(call["complete"] for call in calls[len(right) :])
        calls = calls[: len(right)]
    assert len(calls) == len(right)
    for call, request in zip(calls, right, strict=True):
        check_call(call, request)
    if refusal:
        assert begun or refusal[1] in responses[-1][1].decode()
        assert len(log) == 1, log
        assert str(refusal[0]) in log[0]
        assert refusal[1] in log[0]
    else:
        assert all("dropped" in line for line in log), log


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_request(talker: Talker, case: Case) -> None:
    check(talker, case, [case.wire], tail=False)
    check(talker, case, pieces(case.wire), tail=False)
    check(talker, case, [case.wire + TAIL], tail=True)
