"""Applications that use processes, forks, signals and threads, and a clean end of the server in spite of them."""

from __future__ import annotations

import os

import pytest

from conformance.conftest import Serve
from conformance.server import Server

pytestmark = pytest.mark.python_only
OPERATIONS = (
    "subprocess",
    "system",
    "fork",
    "pool-fork",
    "pool-spawn",
    "pool-forkserver",
    "executor",
    "daemon",
    "thread",
    "faulthandler",
    "signal",
    "recursion",
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation(server: Server, operation: str) -> None:
    answer = server.get(f"/system?do={operation}")
    assert answer.status == 200
    assert answer.body == b"42"


def test_terminate_of_a_child_ends_the_child_only(server: Server) -> None:
    assert server.get("/system?do=terminate").body == b"-15"
    assert server.ping() < 1
    assert server.process.poll() is None


def test_p9_resume_in_a_forked_child_returns_false(server: Server) -> None:
    run = server.run("forked-resume")
    assert run.response().body == b"data"
    events = run.closed()
    assert events.values("child") == [42]
    assert events.values("pending") == [True]
    assert events.values("resumed") == [True]


@pytest.mark.parametrize("variables", [{}, {"PYTHONDEVMODE": "1"}], ids=["plain", "dev-mode"])
def test_clean_end(fresh: Serve, variables: dict[str, str]) -> None:
    """Daemon threads, children and handlers of its own: the end is the same, and atexit runs."""
    server = fresh("--threads", "2", variables={"PAUSA_TEST_HANDLERS": "1", **variables})
    for operation in ("daemon", "thread", "subprocess", "fork", "pool-spawn", "faulthandler"):
        assert server.get(f"/system?do={operation}").body == b"42"
    assert server.stop() == []
    assert (
        server.log().count(f"application saw SIGTERM in {server.process.pid}\n") == 1
    )  # chained, and it did not keep the server alive
    assert server.log().count(f"application ran atexit in {server.process.pid}\n") == 1


def test_children_do_not_hold_the_port(fresh: Serve) -> None:
    server = fresh("--threads", "2")
    assert server.get("/system?do=pool-fork").body == b"42"
    port = server.address[1]
    assert server.stop() == []
    with open("/proc/net/tcp") as table:
        listening = [line for line in table if f":{port:04X} " in line and " 0A " in line]
    assert listening == [], os.uname()
