"""`wsgi.file_wrapper` over files and what looks like them (PEP 3333, "Optional Platform-Specific File Handling").

The same for Java is `FileTest` of the module `server`, with clients that are slow, leave, or ask for gigabytes.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.cases import files
from conformance.cases.files import CONTENT, LATE
from conformance.conftest import Serve
from conformance.server import Run, Server

pytestmark = pytest.mark.python_only


def close_noted(run: Run) -> bool | None:
    """Waits for `close()`, which must come once; whether the file had been read by then."""
    events = run.events(lambda events: "close" in events.counts)
    assert events.counts["close"] == 1
    (read,) = events.values("read")
    return bool(read) if read is not None else None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("buffered", CONTENT),
        ("ahead", CONTENT[10:]),
        ("raw", CONTENT),
        ("both-ways", CONTENT),
        ("unflushed", (bytes(5000) + LATE + bytes(40000))[5001:40000]),
        ("proxy", CONTENT),
    ],
)
def test_real_files_are_sent_from_where_they_stand(server: Server, kind: str, body: bytes) -> None:
    run = server.run("files", kind=kind)
    answer = run.response()
    assert answer.complete
    assert answer.body == body
    assert answer.header("Content-Length") == str(len(body))
    assert not close_noted(run)
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize("kind", ["buffered", "raw"])
def test_no_more_than_content_length_is_sent(server: Server, kind: str) -> None:
    run = server.run("files", kind=kind, seek=100, length=50_000, status="206+Partial")
    answer = run.response()
    assert (answer.status, answer.body) == (206, CONTENT[100:50_100])
    assert answer.complete
    assert not close_noted(run)


@pytest.mark.parametrize("status", ["200 OK", "304 Not Modified", "204 No Content"])
def test_what_has_no_body_opens_no_file(server: Server, status: str) -> None:
    method = "HEAD" if status == "200 OK" else "GET"
    run = server.prepare("files", kind="buffered", status=status.replace(" ", "+")).send(method)
    answer = run.response(method)
    assert answer.header("Content-Length") == (str(len(CONTENT)) if method == "HEAD" else None)
    assert not close_noted(run)
    run.connection.request("/ping")
    assert run.response().body == b"pong"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("compressed", b"unpacked" * 100),
        ("subclass", CONTENT.upper()),
        ("pipe", b"through a pipe"),
        ("empty", b""),
    ],
)
def test_anything_else_is_read(server: Server, kind: str, body: bytes) -> None:
    answer = server.run("files", kind=kind).response()
    assert answer.complete
    assert answer.body == body


def test_a_file_whose_size_is_not_known_is_read(server: Server) -> None:
    answer = server.run("files", kind="of-the-kernel").response()
    assert answer.complete
    assert b"conformance.cases.app:app" in answer.body
    assert answer.header("Transfer-Encoding") == "chunked"


@pytest.mark.parametrize("kind", ["text", "closed", "write-only"])
def test_what_cannot_be_read_is_a_500(server: Server, kind: str) -> None:
    logged = server.errors(f"kind={kind}")
    answer = server.run("files", kind=kind).response()
    assert answer.status == 500
    assert b"WRONG" not in answer.body
    server.expect_error(f"kind={kind}", logged + 1)


def test_a_small_file_is_read(server: Server) -> None:
    answer = server.run("files", kind="small").response()
    assert answer.body == Path(files.__file__).read_bytes()
    assert answer.header("Content-Length") == str(len(answer.body))


def test_without_sendfile_files_are_read(serve: Serve) -> None:
    run = serve("--no-sendfile").run("files", kind="buffered")
    answer = run.response()
    assert answer.complete
    assert answer.body == CONTENT
    assert answer.header("Content-Length") == str(len(CONTENT))
    assert close_noted(run)


def test_what_middleware_makes_of_it_is_iterated(server: Server) -> None:
    answer = server.run("files", kind="buffered", chained=1).response()
    assert answer.body == CONTENT
    assert answer.header("Transfer-Encoding") == "chunked"


def test_write_comes_first(server: Server) -> None:
    answer = server.run("files", kind="buffered", write="before").response()
    assert answer.complete
    assert answer.body == b"before" + CONTENT
    answer = server.run("files", kind="buffered", write="before", length=10).response()
    assert answer.complete
    assert answer.body == b"before" + CONTENT[:4]


def test_a_file_shorter_than_content_length_is_a_cut_response(server: Server) -> None:
    answer = server.run("files", kind="buffered", length=len(CONTENT) + 1).response()
    assert not answer.complete
    assert answer.body == CONTENT


def test_a_file_that_becomes_shorter_is_a_cut_response(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, 50_000_000)
    run = server.prepare("files", server.connect(receive_buffer=10_000), kind="buffered", path=path).send()
    run.connection.head()
    os.truncate(path, 1_000)
    received = len(run.connection.buffer)
    while data := run.connection.socket.recv(1 << 20):
        received += len(data)
    assert received < 50_000_000
    assert server.ping() < 5
    close_noted(run)
