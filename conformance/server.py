"""Pausa as a process, with the fixture applications of one subject."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.client import Address, Connection, Response

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build" / "conformance"
SUBJECTS = {
    "python": ["conformance.cases.app:app"],
    "java": ["--class-path", "conformance/java/target/classes", "java:dev.pausa.conformance.Cases"],
    "corpus": ["conformance.cases.corpus:app"],
}
BANNER = re.compile(r"Listening at: http://(127\.0\.0\.1):(\d+)")
RECORD = re.compile(r"^(?:\x1b\[[0-9;]*m)*\[\d{4}-\d\d-\d\d ", re.MULTILINE)

# How much later than the earliest moment something may come: busy cores. Order and counts have no slack.
SLACK = float(os.environ.get("PAUSA_TEST_SLACK", "1"))

_numbers = itertools.count(1)
_client = os.urandom(3).hex()  # a server by URL outlives its clients


class Events(list[dict[str, Any]]):
    """What the application side noted for one request, in order."""

    counts: dict[str, int]

    def values(self, what: str) -> list[Any]:
        return [event["value"] for event in self if event["what"] == what]

    def at(self, what: str) -> float:
        """When it first happened."""
        return float(next(event["at"] for event in self if event["what"] == what))

    def threads(self, *what: str) -> list[int]:
        return [event["thread"] for event in self if event["what"] in what]

    def order(self) -> list[str]:
        return [event["what"] for event in self]


class Run:
    """One request to a case, and what its application noted."""

    def __init__(self, server: Server, target: str, identity: str, connection: Connection) -> None:
        self.server = server
        self.target = target
        self.identity = identity
        self.connection = connection
        self.sent_at = 0.0

    def send(self, method: str = "GET", headers: str = "") -> Run:
        self.sent_at = self.connection.request(self.target, method, headers)
        return self

    def response(self, method: str = "GET", timeout: float | None = None) -> Response:
        return self.connection.response(method, timeout)

    def events(self, until: Callable[[Events], bool] = lambda _: True, timeout: float = 5.0) -> Events:
        """The events, as soon as ``until`` holds for them."""
        deadline = time.monotonic() + timeout
        while True:
            events = self.server.probe(self.identity)
            if until(events):
                return events
            assert time.monotonic() < deadline, f"still not so after {timeout} s: {events.order()}"
            time.sleep(0.01)

    def closed(self, timeout: float = 5.0) -> Events:
        """The events once ``close()`` was called; it must come once and last of the body's, with no overlap."""
        self.events(lambda events: "close" in events.counts, timeout)
        time.sleep(0.05)
        events = self.server.probe(self.identity)
        body = [what for what in events.order() if what in ("iter", "step", "chunk", "end", "overlap", "close")]
        assert events.counts["close"] == 1, events.order()
        assert "overlap" not in events.counts, events.order()
        assert "close" not in body[:-1], body
        return events


class Server:
    """A running server; :meth:`stop` must be called."""

    def __init__(
        self,
        subject: str,
        options: tuple[str, ...] = (),
        journal: bool = False,
        python: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> None:
        number = next(_numbers)
        LOGS.mkdir(parents=True, exist_ok=True)
        self.subject = subject
        self.options = options
        self.journal = LOGS / f"{subject}-{number}.journal"
        self.log_path = LOGS / f"{subject}-{number}.log"
        self.expected: list[str] = []
        self.connections: list[Connection] = []
        self.journal.unlink(missing_ok=True)
        command = ["./pausa", *python_option(python), *options, *SUBJECTS[subject], "-b", "127.0.0.1:0"]
        environment = dict(os.environ, **(variables or {}))
        if journal:
            environment["PAUSA_TEST_JOURNAL"] = str(self.journal)
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.address = self._bound()
        self.ping()  # the first request loads classes

    def _bound(self, timeout: float = 60.0) -> Address:
        deadline = time.monotonic() + timeout
        while not (banner := BANNER.search(self.log())):
            running = self.process.poll() is None
            if not running or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"{self.process.args!r} did not start:\n{self.log()}")
            time.sleep(0.02)
        return banner[1], int(banner[2])

    def connect(self, **options: Any) -> Connection:
        """A connection that is closed with the test."""
        connection = Connection(self.address, **options)
        self.connections.append(connection)
        return connection

    def hang_up(self) -> None:
        """Closes the connections of a test."""
        while self.connections:
            self.connections.pop().close()

    def prepare(self, case: str, connection: Connection | None = None, **query: object) -> Run:
        """A request with an identity of its own, not sent yet."""
        identity = f"{case}-{_client}-{next(_numbers)}"
        target = f"/{case}?id={identity}" + "".join(f"&{name}={value}" for name, value in query.items())
        return Run(self, target, identity, connection or self.connect())

    def run(self, case: str, **query: object) -> Run:
        """Sends a request to a case."""
        return self.prepare(case, None, **query).send()

    def get(self, target: str) -> Response:
        """One request on a connection of its own."""
        with Connection(self.address) as connection:
            connection.request(target, headers="Connection: close\r\n")
            return connection.response()

    def ask(self, target: str, method: str = "GET", headers: str = "", body: bytes = b"") -> Response:
        """One request of any kind on a connection that stays open until the test ends."""
        connection = self.connect()
        connection.request(target, method, headers, body)
        return connection.response(method)

    def probe(self, identity: str) -> Events:
        """What the application noted for this request."""
        noted = json.loads(self.get(f"/probe?id={identity}").body)
        events = Events(noted["events"])
        events.counts = noted["counts"]
        return events

    def ping(self) -> float:
        """Seconds that ``/ping`` takes."""
        start = time.monotonic()
        assert self.get("/ping").body == b"pong"
        return time.monotonic() - start

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def records(self, level: str) -> list[str]:
        """The log's records of a level, each with its traceback."""
        log = self.log()
        starts = [match.start() for match in RECORD.finditer(log)]
        records = [log[start:end] for start, end in itertools.pairwise([*starts, len(log)])]
        return [record for record in records if level in record.split("\n", 1)[0]]

    def errors(self, text: str) -> int:
        """How many ERROR records hold this text."""
        return sum(text in record for record in self.records("ERROR"))

    def expect_error(self, text: str, count: int = 1) -> None:
        """This text may stand in ERROR records, and must stand in exactly ``count`` within a second."""
        self.expected.append(text)
        deadline = time.monotonic() + 1
        while self.errors(text) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.errors(text) == count, f"{text!r} {count} times in ERROR records:\n{self.log()[-2000:]}"

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self, timeout: float = 15.0) -> list[str]:
        """SIGTERM, and what was wrong with the end or in the log."""
        self.hang_up()
        if self.process.poll() is None:
            self.terminate()
        problems = []
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            problems.append(f"still running {timeout} s after SIGTERM")
            self.process.kill()
            self.process.wait()
        else:
            if code != 0:
                problems.append(f"exit code {code}")
        problems += [
            f"unexpected: {record.strip()}"
            for level in ("ERROR", "CRITICAL")
            for record in self.records(level)
            if not any(text in record for text in self.expected)
        ]
        name = f"{self.subject} {' '.join(self.options)} ({self.log_path.name})"
        return [f"{name}: {problem}" for problem in problems]

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def python_option(python: str | None = None) -> list[str]:
    """``--python`` for an interpreter or a venv, by default the one that PAUSA_TEST_PYTHON names."""
    python = python or os.environ.get("PAUSA_TEST_PYTHON")
    return ["--python", python] if python else []
