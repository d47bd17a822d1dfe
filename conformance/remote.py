"""A server that somebody else runs, known by its URL: the cases' client side without any control of the process."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from conformance.client import Address
from conformance.report import NAME
from conformance.server import Events, Server

# Without wsgi.pause_output only these cases say something: that it is absent, and that an application falls back.
WITHOUT_THE_KEY = {"C02", "C53"}
CASES_FILE = re.compile(r"test_c\d\d_")
PACKAGES = {"C46": "flask", "C75": "twisted"}
NO_KEY = "the server has no wsgi.pause_output"


def not_applicable(why: str) -> NoReturn:
    """Ends the test: this server cannot be asked."""
    pytest.skip(f"not applicable: {why}")


def address_of(url: str) -> Address:
    """The address in ``http://HOST:PORT``; ``ValueError`` for anything else."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError(f"{url!r} is not of the form http://HOST:PORT")
    return parts.hostname, parts.port or 80


class Remote(Server):
    """``threads`` is how many threads its user says that it has, ``None``: unknown, taken for at least eight."""

    def __init__(self, url: str, threads: int | None = None) -> None:
        self.subject = "python"
        self.options = ()
        self.expected = []
        self.connections = []
        self.address = address_of(url)
        self._threads = threads
        self.unseen: set[str] = set()
        self._packages: list[str] = []
        self.ping()
        self.name = self._name()
        self.offset = self._calibrate()
        present = self.run("c01")
        assert present.response().status == 200
        self.pausing = present.events(lambda events: "present" in events.counts).values("present") == [True]
        self.hang_up()

    def with_options(self, options: tuple[str, ...], case: str) -> Remote:
        """This server, if it can stand for one that was started with these options."""
        if not self.pausing and case not in WITHOUT_THE_KEY:
            not_applicable(NO_KEY)
        package = PACKAGES.get(case)
        if package is not None and package not in self._packages:
            not_applicable(f"needs {package} in the server's environment")
        rest = list(options)
        if "--threads" in rest:
            at = rest.index("--threads")
            self._check_threads(int(rest[at + 1]))
            del rest[at : at + 2]
        elif self._threads is not None:
            self._check_threads(2)
        if not self.pausing and "--no-pause" in rest:
            rest.remove("--no-pause")
        if rest:
            not_applicable(f"needs the option {' '.join(rest)}")
        return self

    def _check_threads(self, wanted: int) -> None:
        if wanted == 1 and self._threads != 1:
            not_applicable("needs a server with one thread (say --threads 1 if it has one)")
        if self._threads is not None and wanted > self._threads:
            not_applicable(f"needs a server with {wanted} threads")

    def _name(self) -> str:
        """What the server calls itself."""
        return self.get("/ping").header("Server") or "a server without a name"

    def _calibrate(self) -> float:
        """How much later the application's clock is than ours; 0 on one machine."""
        best = (float("inf"), 0.0)
        processes = set()
        for _ in range(8):
            before = time.monotonic()
            told = json.loads(self.get("/clock").body)
            after = time.monotonic()
            processes.add(told["process"])
            self._packages = told["packages"]
            best = min(best, (after - before, told["at"] - (before + after) / 2))
        assert len(processes) == 1, "more than one process answers: start the server with a single worker"
        return best[1] if abs(best[1]) > best[0] else 0.0

    def probe(self, identity: str) -> Events:
        events = super().probe(identity)
        for event in events:
            event["at"] -= self.offset
        return events

    def errors(self, text: str) -> int:
        self.unseen.add("the log")
        return 0

    def expect_error(self, text: str, count: int = 1) -> None:
        self.unseen.add("the log")

    def log(self) -> str:
        not_applicable("needs the server's log")

    def processor_seconds(self) -> float:
        not_applicable("needs the server's process")

    def resident_bytes(self) -> int:
        not_applicable("needs the server's process")

    def threads(self) -> int:
        not_applicable("needs the server's process")

    def terminate(self) -> None:
        not_applicable("needs the server's process")

    @property
    def process(self) -> Any:  # type: ignore[override]
        not_applicable("needs the server's process")

    def stop(self, timeout: float = 15.0) -> list[str]:
        self.hang_up()
        return []

    def kill(self) -> None:
        """Not ours to kill."""


class RemoteReport:
    """A line for each case: what was seen of it, and why the rest was not asked."""

    def __init__(self, titles: dict[str, str]) -> None:
        self._titles = titles
        self._outcomes: dict[str, list[str]] = {}
        self._reasons: dict[str, dict[str, None]] = {}

    def add(self, case: str, outcome: str, reason: str) -> None:
        """One test of a case: passed, failed or skipped; the reason why, or what was not looked at."""
        if outcome:
            self._outcomes.setdefault(case, []).append(outcome)
        if reason:
            self._reasons.setdefault(case, {})[reason] = None

    def verdict(self, case: str) -> str:
        """``passed``, ``passed in part``, ``FAILED``, ``not applicable`` or ``not run``."""
        outcomes = set(self._outcomes.get(case, ()))
        if "failed" in outcomes:
            return "FAILED"
        if outcomes == {"passed"}:
            return "passed"
        if not outcomes:
            return "not run"
        return "passed in part" if "passed" in outcomes else "not applicable"

    def lines(self) -> list[str]:
        """The report as lines of Markdown's tables."""
        lines = ["| case | title | result | why |", "|---|---|---|---|"]
        for case, title in self._titles.items():
            why = "; ".join(self._reasons.get(case, ()))
            lines.append(f"| {case} | {title} | {self.verdict(case)} | {why} |")
        return lines

    def summary(self) -> str:
        """How many cases had each verdict."""
        verdicts = [self.verdict(case) for case in self._titles]
        return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))


class RemotePlugin:
    """Keeps the cases, skips every other test, and prints the report."""

    def __init__(self, url: str, report: RemoteReport, path: Any) -> None:
        self._url = url
        self._report = report
        self._path = path
        self.server: Remote | None = None

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        # What a user has installed is enough for the cases, not for every test beside them.
        return True if collection_path.suffix == ".py" and not CASES_FILE.match(collection_path.name) else None

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if NAME.search(item.nodeid)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = NAME.search(report.nodeid)
        if name is None:
            return
        case = f"C{name[1]}"
        for what, value in report.user_properties if report.when == "teardown" else ():
            if what == "unseen":
                self._report.add(case, "", f"{value} was not looked at")
        if report.when == "call" or report.outcome != "passed":
            reason = ""
            if report.skipped and isinstance(report.longrepr, tuple):
                reason = report.longrepr[2].removeprefix("Skipped: ").removeprefix("not applicable: ")
            self._report.add(case, report.outcome, reason)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        head = [self._url]
        if self.server is not None:
            head = [f"{self._url}, {self.server.name}"]
            if not self.server.pausing:
                head.append(
                    "wsgi.pause_output is absent: a plain WSGI server. Applications fall back to waiting (P44)."
                )
        lines = ["# Conformance by URL", "", *head, "", *self._report.lines(), "", self._report.summary()]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for line in lines[2:]:
            terminalreporter.write_line(line)
        terminalreporter.write_line(f"The report is {self._path}")


def connect(url: str, threads: int | None) -> Remote:
    """The server at ``url``; ends the run with what to do if it does not serve the cases."""
    try:
        return Remote(url, threads)
    except (OSError, AssertionError, ValueError, KeyError) as problem:
        served = "serve conformance.cases.app:app there, in one process with eight threads or more"
        pytest.exit(f"{url}: {type(problem).__name__}: {problem}\n{served}", returncode=2)
