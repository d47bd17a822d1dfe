"""``./pausa conformance URL``: the cases' client side against a server that it does not control."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from conformance.cases.app import app
from conformance.conftest import Serve
from conformance.remote import RemoteReport, address_of
from conformance.server import ROOT


def report(url: str, cases: str) -> tuple[int, dict[str, list[str]], str]:
    """Exit code, the rows by case, and all that was printed."""
    command = [sys.executable, "-m", "conformance", url, "-k", cases]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    rows = [line.strip("| ").split(" | ") for line in ended.stdout.splitlines() if line.startswith("| C")]
    return ended.returncode, {row[0]: row[2:] for row in rows}, ended.stdout + ended.stderr


@pytest.mark.python_only
def test_pausa_by_url(serve: Serve) -> None:
    server = serve("--threads", "8")
    code, rows, output = report("http://{}:{}".format(*server.address), "c02 or c04 or c24 or c40")
    assert code == 0, output
    assert rows["C02"] == ["not applicable", "needs the option --no-pause"]
    assert rows["C04"] == ["passed"] or rows["C04"] == ["passed", ""]
    assert rows["C24"] == ["passed", "the log was not looked at"]
    assert rows["C40"][0] == "not applicable"
    assert rows["C05"][0] == "not run"
    server.expect_error("c24-raised", server.errors("c24-raised"))


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name in the base class)
        pass


class Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def wsgiref_url() -> Iterator[str]:
    """A server without wsgi.pause_output. It speaks HTTP/1.0, so only a request line of its answer is asked for."""
    with make_server("127.0.0.1", 0, app, server_class=Threading, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_is_none_of_this(wsgiref_url: str) -> None:
    code, _, output = report(wsgiref_url, "c02")
    assert code == 2, output
    assert "HTTP/1.0" in output  # the cases want HTTP/1.1
    assert "serve conformance.cases.app:app there" in output


@pytest.mark.parametrize("url", ["https://host", "host:80", "http://host/path"])
def test_a_url_that_cannot_be(url: str) -> None:
    with pytest.raises(ValueError, match="http://HOST:PORT"):
        address_of(url)


def test_verdicts() -> None:
    report = RemoteReport({"C01": "one", "C02": "two", "C03": "three"})
    report.add("C01", "passed", "")
    report.add("C01", "skipped", "needs a mirror")
    report.add("C02", "failed", "")
    assert [report.verdict(case) for case in ("C01", "C02", "C03")] == ["passed in part", "FAILED", "not run"]
    assert report.summary() == "1 passed in part, 1 FAILED, 1 not run"
    assert report.lines()[2] == "| C01 | one | passed in part | needs a mirror |"
