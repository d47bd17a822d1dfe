"""The reports: a row for each case with both subjects' results; a row that did not pass fails a whole run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance import checklist

CASES = {
    "C01": "environ of a normal request",
    "C02": "server told not to park",
    "C03": "1000 requests pause 2 s each on one thread",
    "C04": "resumed by a thread after 100 ms",
    "C05": "resume before the yield",
    "C06": "resume on another thread around the yield, 10^5 times",
    "C07": "resume twice in one thread",
    "C08": "resume from two threads at once, 10^5 times",
    "C09": "stale resume of epoch 1 in epoch 2",
    "C10": "two pauses in one step, second resume only",
    "C11": "two pauses in one step, first resume only",
    "C12": "pause and data in one step",
    "C13": "three events 50 ms apart",
    "C14": "start_response after waking",
    "C15": "start_response with exc_info after waking",
    "C16": "five empty chunks after start_response",
    "C17": "start_response with exc_info after data",
    "C18": "pause in step 0, a list",
    "C19": "pause in step 0, a generator",
    "C20": "pause in step 0, a file_wrapper",
    "C21": "pause, then write() in step 0",
    "C22": "write() from another thread while parked",
    "C23": "pause, then the generator returns",
    "C24": "pause, then raise, nothing sent",
    "C25": "pause, then raise, data sent",
    "C26": "exception in the step after a resume",
    "C27": "Content-Length reached with a pause",
    "C28": "HEAD, headers final, pause",
    "C29": "FIN while parked",
    "C30": "RST while parked",
    "C31": "RST and FIN while a step runs",
    "C32": "disconnect and resume at once, 10^4 times",
    "C33": "disconnect between step 0 and the first next()",
    "C34": "resume after completion and after disconnect",
    "C35": "pause_output() inside close()",
    "C36": "close() raises",
    "C37": "pause bound, nothing sent",
    "C38": "pause bound, data sent",
    "C39": "resume exactly at expiry, repeated",
    "C40": "resume dropped while parked",
    "C41": "resumes kept in a global, 10^5 requests",
    "C42": "idle time-out 1 s, parked 5 s",
    "C43": "shutdown with 100 parked",
    "C44": "ContextVar set in step 1, reset in step 3",
    "C45": "ContextVar of interleaved requests",
    "C46": "Flask stream_with_context with pauses",
    "C47": "sqlite connection, slow client, pausing middleware",
    "C48": "resume from a finaliser run by gc",
    "C49": "resume from a Java thread, asyncio, a signal handler",
    "C50": "endless empty chunks without a pause",
    "C51": "10 MB chunks, client not reading",
    "C52": "boundary-swallowing middleware with the portable body",
    "C53": "middleware removes the key",
    "C54": "middleware pauses by itself",
    "C55": "middleware copies environ",
    "C56": "pipelined: first parked, second fast",
    "C57": "pipelined bytes beyond the cap while parked",
    "C61": "input handler, body later",
    "C62": "input handler by environ, also a copied one",
    "C63": "middleware replaced wsgi.input",
    "C64": "input of another request",
    "C65": "input handler armed twice, or not callable",
    "C66": "body there already, no body, at its end",
    "C67": "armed while a step runs and data is there",
    "C68": "Expect: 100-continue",
    "C69": "200 slow senders on one thread",
    "C70": "client vanishes mid-body",
    "C71": "input handler raises",
    "C72": "input handler cancelled, then data",
    "C73": "1 GB that is never read",
    "C74": "ASGI application, the client leaves a stream",
    "C75": "500 Deferreds of Twisted on one thread",
    "C76": "call_later",
    "C77": "middleware and application both pause",
    "C78": "heartbeat middleware, 10^4 events",
    "C79": "portable body, events around publishing",
    "C80": "future.add_done_callback(resume)",
    "C81": "a blocking step polls close_reason",
    "C82": "client shuts down its sending side",
    "C83": "shutdown with running and parked requests",
}
PYTHON_ONLY = {"C40", "C44", "C45", "C46", "C47", "C49", "C74", "C75"}
SUBJECTS = ("python", "java")
NAME = re.compile(r"::test_c(\d\d)_")  # the test's name, not its file's


@dataclass(frozen=True)
class Table:
    """Rows, each with a test or more for each subject; the report is build/NAME.md and .json."""

    name: str
    titles: dict[str, str]
    pattern: re.Pattern[str]  # of a test's id; its group is the row's number
    letter: str
    python_only: frozenset[str] = frozenset()

    def row(self, node: str) -> str | None:
        """Which row the test with this id belongs to."""
        found = self.pattern.search(node)
        return f"{self.letter}{found[1]}" if found else None


TABLES = (
    Table("conformance", CASES, NAME, "C", frozenset(PYTHON_ONLY)),
    Table("pep3333", checklist.ROWS, checklist.NAME, "W"),
)


class Report:
    """Collects results by row and subject; several tests of one row make one line."""

    def __init__(self, table: Table, folder: Path, whole: bool) -> None:
        self._table = table
        self._folder = folder
        self._whole = whole
        self._rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.problems: list[str] = []
        self.path = folder / f"{table.name}.md"
        self.written = False

    def add(self, node: str, outcome: str, seconds: float) -> None:
        """One phase of one test; ``node`` is its id."""
        name = self._table.row(node)
        subject = next((subject for subject in SUBJECTS if re.search(rf"[\[-]{subject}[\]-]", node)), None)
        if name is None or subject is None:
            return
        row = self._rows.setdefault((name, subject), {"result": "passed", "tests": set(), "milliseconds": 0.0})
        row["tests"].add(node)
        row["milliseconds"] += seconds * 1000
        if outcome != "passed" and row["result"] != "failed":
            row["result"] = outcome

    def finish(self) -> None:
        """Writes both files, unless nothing of it was run, and finds the rows that are missing."""
        if not self._rows and not self._whole:
            return
        rows = [self._row(case, title) for case, title in self._table.titles.items()]
        self._folder.mkdir(parents=True, exist_ok=True)
        self.path.with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        lines = [
            "| case | title | python | java | tests (python) | tests (java) | ms (python) | ms (java) |",
            "|---|---|---|---|---:|---:|---:|---:|",
        ]
        for row in rows:
            numbers = [row[f"{subject}_{what}"] for what in ("tests", "ms") for subject in SUBJECTS]
            cells = [row["case"], row["title"], row["python"], row["java"]]
            cells += ["" if number is None else str(number) for number in numbers]
            lines.append("| " + " | ".join(cells) + " |")
        lines += ["", self.summary()]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.written = True
        if self._whole:
            self.problems = [
                f"{row['case']} {subject}: {row[subject]}"
                for row in rows
                for subject in SUBJECTS
                if row[subject] not in ("passed", "python only")
            ]

    def summary(self) -> str:
        """How many of how many rows had which result."""
        rows = [self._row(case, title) for case, title in self._table.titles.items()]
        results = [row[subject] for row in rows for subject in SUBJECTS]
        counts = ", ".join(f"{results.count(result)} {result}" for result in dict.fromkeys(results))
        return f"{len(self._table.titles)} rows x {len(SUBJECTS)} subjects: {counts}"

    def _row(self, case: str, title: str) -> dict[str, Any]:
        row: dict[str, Any] = {"case": case, "title": title}
        for subject in SUBJECTS:
            seen = self._rows.get((case, subject))
            absent = "python only" if subject == "java" and case in self._table.python_only else "missing"
            row[subject] = seen["result"] if seen else absent
            row[f"{subject}_tests"] = len(seen["tests"]) if seen else None
            row[f"{subject}_ms"] = round(seen["milliseconds"]) if seen else None
        return row


class Plugin:
    """Feeds reports from a pytest run."""

    def __init__(self, reports: list[Report]) -> None:
        self._reports = reports

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for table in self._reports:
            table.add(report.nodeid, report.outcome, report.duration)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        for report in self._reports:
            report.finish()
            if report.problems and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for report in self._reports:
            for problem in report.problems:
                terminalreporter.write_line(f"conformance: {problem}", red=True)
            if report.written:
                terminalreporter.write_line(f"conformance: {report.path}: {report.summary()}")
