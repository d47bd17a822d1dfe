"""Options beyond the table: --max-paused (P34), --thread-affinity (P38), lasting threads (P39), underscores."""

from __future__ import annotations

import json
import time

import pytest

from conformance.conftest import Serve
from conformance.server import Events, Server


def test_p34_new_requests_are_refused_above_the_bound(serve: Serve) -> None:
    server = serve("--threads", "2", "--max-paused", "5")
    runs = [server.run("c56") for _ in range(5)]
    answers = [run.connection.first() for run in runs]
    time.sleep(0.05)
    refused = server.get("/ping")
    assert refused.status == 503
    for run in runs[1:]:
        run.connection.reset()
    deadline = time.monotonic() + 1
    while server.get("/ping").status == 503:
        assert time.monotonic() < deadline, "still refused after clients left"
    for run in runs[1:]:
        assert run.closed().values("close") == ["disconnect"]
    server.get(f"/open?id={runs[0].identity}")
    runs[0].connection.rest(answers[0])
    assert answers[0].complete
    assert answers[0].body == b"hellobye"


def test_p34_parked_requests_hold_no_thread(serve: Serve) -> None:
    server = serve("--threads", "2")
    server.ping()
    before = server.threads()
    runs = [server.run("c56") for _ in range(200)]
    for run in runs:
        assert run.connection.first().body == b"hello"
    assert server.threads() <= before + 2  # a timer's or a pool's may come late; 200 may not
    assert server.ping() < 0.2


@pytest.mark.python_only
def test_underscore_headers_by_name_only(serve: Serve) -> None:
    server = serve("--threads", "2", "--allow-underscore-header", "Remote_User,X_Tenant")
    fields = "Remote_User: proxy\r\nRemote-User: client\r\nx_tenant: t\r\nOther_Field: x\r\nX-Plain: y\r\n"
    run = server.prepare("environ").send(headers=fields)
    values = json.loads(run.response().body)["values"]
    assert values["HTTP_REMOTE_USER"] == "proxy"
    assert values["HTTP_X_TENANT"] == "t"
    assert values["HTTP_X_PLAIN"] == "y"
    assert "HTTP_OTHER_FIELD" not in values
    server.prepare("environ").send(headers=fields).response()
    for dropped in ("Remote-User", "Other_Field"):
        assert sum(f"field {dropped} dropped" in record for record in server.records("INFO")) == 1


def of_twenty(server: Server) -> list[Events]:
    """The events of twenty requests at once, each of five chunks, parked after the second and the fourth."""
    runs = [server.run("p38") for _ in range(20)]
    events = []
    for run in runs:
        answer = run.response()
        assert answer.complete
        assert answer.body == b"01234"
        events.append(run.closed())
    return events


def test_p38_one_thread_from_park_to_park(serve: Serve) -> None:
    for events in of_twenty(serve("--threads", "8")):
        threads = events.threads("chunk", "close")
        assert len(threads) == 6
        assert threads[0] == threads[1]
        assert threads[2] == threads[3]
        assert threads[4] == threads[5]  # the last chunk and close()


def test_p38_always_one_thread(serve: Serve) -> None:
    for events in of_twenty(serve("--threads", "8", "--thread-affinity", "always")):
        assert len(set(events.threads("step", "chunk", "end", "close"))) == 1


def test_p38_never_bound(serve: Serve) -> None:
    assert len(of_twenty(serve("--threads", "8", "--thread-affinity", "never"))) == 20


def test_p39_thread_locals_last(serve: Serve) -> None:
    server = serve("--threads", "1")
    first = int(server.get("/p39").body)
    assert [int(server.get("/p39").body) for _ in range(3)] == [first + 1, first + 2, first + 3]


@pytest.mark.python_only
def test_p37_one_context_for_all_tasks(server: Server) -> None:
    for _ in range(2):  # the second request sees nothing of the first
        run = server.run("p37")
        assert run.response().body == b"data"
        events = run.events(lambda events: "closing" in events.counts)
        assert events.values("imported") == ["at import"]
        assert events.values("step-one") == ["in step 0"]
        assert events.values("timer") == ["in step 0"]
        assert events.values("after-timer") == ["in timer"]
        assert events.values("closing") == ["in timer"]
