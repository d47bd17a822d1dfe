"""The applications of docs/guides, taken from their pages and served."""

from __future__ import annotations

import json
import os
import re
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from conformance.acceptance.harness import Place, Server, serve
from conformance.client import Connection
from conformance.server import ROOT, python_option

GUIDES = ROOT / "docs" / "guides"
BLOCK = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
APPLICATIONS = {
    name: (page.name, code) for page in GUIDES.glob("*.md") for name, code in BLOCK.findall(page.read_text("utf-8"))
}
Guide = Callable[..., AbstractContextManager[Server]]


def test_each_page_has_an_application() -> None:
    assert {page for page, _ in APPLICATIONS.values()} == {page.name for page in GUIDES.glob("*.md")} - {"README.md"}


@pytest.fixture
def guide(tmp_path: Path) -> Guide:
    """A function from the name of an application, and options, to a running server of it."""
    place = Place.make(ROOT, tmp_path)
    place.clone = ROOT
    place.environment = dict(os.environ)

    def start(name: str, *options: str) -> AbstractContextManager[Server]:
        (tmp_path / name).write_text(APPLICATIONS[name][1], encoding="utf-8")
        command = ["./pausa", *python_option(), "--chdir", str(tmp_path), "--pythonpath", str(ROOT / "python")]
        return serve(place, *command, "--threads", "2", *options, f"{name[:-3]}:app")

    return start


def until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.02)


def asked(server: Server, target: str) -> Connection:
    connection = Connection(("127.0.0.1", server.port))
    connection.request(target)
    return connection


def test_tokens_stop_when_the_user_leaves(guide: Guide) -> None:
    with guide("tokens.py") as server:
        users = [asked(server, "/tokens?prompt=hello") for _ in range(5)]
        answers = [user.first() for user in users]
        assert all(answer.header("Content-Type") == "text/event-stream" for answer in answers)
        until(lambda: server.get("/running") == b"5")  # more than there are threads
        for user in users:
            user.close()
        until(lambda: server.get("/running") == b"0", 1.5)


def test_a_blocking_view_stops_when_the_user_leaves(guide: Guide) -> None:
    with guide("answer.py") as server:
        assert server.get("/answer").endswith(b" 198 199")
        user = asked(server, "/answer")
        until(lambda: server.get("/running") == b"1")
        user.close()
        until(lambda: server.get("/running") == b"0", 1.0)


def test_django_events(guide: Guide) -> None:
    with guide("news.py") as server:
        readers = [asked(server, "/events") for _ in range(10)]
        answers = [reader.first() for reader in readers]
        assert server.get("/publish?text=hello") == b"told 10\n"
        for reader, answer in zip(readers, answers, strict=True):
            assert reader.more(answer)
            assert b"data: hello\n\n" in answer.body
            assert answer.header("X-Accel-Buffering") == "no"
            reader.close()
        until(lambda: server.get("/publish?text=anybody") == b"told 0\n")


def test_polls(guide: Guide) -> None:
    with guide("polls.py") as server:
        clients = [asked(server, "/poll?since=0") for _ in range(10)]
        assert clients[0].silent(0.2)
        server.get("/say?text=hello")
        for client in clients:
            assert json.loads(client.response().body) == ["hello"]
            client.close()
        with asked(server, "/poll?since=0") as late:
            assert json.loads(late.response().body) == ["hello"]


class SlowHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        path = self.rfile.readline().split()[1]
        while self.rfile.readline().strip():
            pass
        time.sleep(1)
        self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\nslow " + path)


class Slow(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 200


@pytest.fixture
def upstream() -> Iterator[str]:
    """The address of a server that takes a second for each answer."""
    with Slow(("127.0.0.1", 0), SlowHandler) as slow:
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{slow.server_address[1]}"
        slow.shutdown()


def test_a_slow_upstream_holds_no_thread(guide: Guide, upstream: str) -> None:
    with guide("upstream.py", "--env", f"UPSTREAM={upstream}") as server:
        asked(server, "/warm").response()
        began = time.monotonic()
        clients = [asked(server, f"/{number}") for number in range(50)]
        assert [client.response().body for client in clients] == [b"slow /%d" % number for number in range(50)]
        assert time.monotonic() - began < 10  # 25 s if each held one of the two threads
        for client in clients:
            client.close()


def test_a_future_as_a_body(guide: Guide) -> None:
    with guide("views.py") as server:
        began = time.monotonic()
        clients = [asked(server, f"/ask/{number}") for number in range(40)]
        assert [client.response().body for client in clients] == [b"hello %d\n" % number for number in range(40)]
        assert time.monotonic() - began < 7  # 10 s if each held one of the two threads
        for client in clients:
            client.close()


@pytest.mark.parametrize("affinity", ["auto", "always"])
def test_state_after_a_pause(guide: Guide, affinity: str) -> None:
    with guide("state.py", "--thread-affinity", affinity) as server:
        clients = {f"user{number}": asked(server, f"/?user{number}") for number in range(30)}
        for name, client in clients.items():
            answer = client.response().body.decode()
            assert f"before: {name} {name}\n" in answer
            assert f"after: {name} " in answer
            assert affinity == "auto" or answer.endswith("\nthe same thread\n")
            client.close()
