"""The corpus before parsers that others wrote: where they judge otherwise, ``corpus/differences.md`` must say why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pytest

from conformance.corpus_file import FOLDER, Accepted, Case, cases
from conformance.judges import JUDGES, Message, Verdict
from conformance.server import ROOT

# Behind each case that leaves the connection open: whoever sees another end of that sees another request here.
TAIL = b"GET /tail HTTP/1.1\r\nHost: tail\r\n\r\n"
TAIL_READ = Message("GET", "/tail", [("host", "tail")])
REPORT = ROOT / "build" / "differential.md"
DIFFERENCES = FOLDER / "differences.md"


@dataclass
class Explanation:
    """A row of ``differences.md``: for these cases the judges come to this outcome."""

    judges: list[str]
    outcome: str
    patterns: list[str]
    why: str

    def covers(self, judge: str, outcome: str, case: Case) -> bool:
        covered = any(fnmatchcase(case.name, pattern) for pattern in self.patterns)
        return covered and judge in self.judges and outcome == self.outcome


def explanations() -> list[Explanation]:
    rows = [line.strip("| ").split(" | ") for line in DIFFERENCES.read_text(encoding="utf-8").splitlines() if line]
    return [Explanation(row[0].split(), row[1], row[2].split(), row[3]) for row in rows if row[0].split()[0] in JUDGES]


def difference(case: Case, verdict: Verdict) -> str:
    """How the verdict differs from ours, in a word; empty if it does not."""
    ours = [message(request) for request in case.accepted] + [TAIL_READ] * persists(case)
    theirs = verdict.messages[: len(ours)]
    if theirs != ours[: len(theirs)]:
        return "reads otherwise"
    if len(theirs) < len(ours):
        return verdict.end or "reads otherwise"
    if case.refused is None:
        return verdict.end or ("reads more" if len(verdict.messages) > len(ours) else "")
    if verdict.end == "refused" and len(verdict.messages) == len(ours):
        return ""
    return "accepts" if len(verdict.messages) > len(ours) else verdict.end or "accepts"


def persists(case: Case) -> bool:
    return case.refused is None and not any(request.close or request.served for request in case.accepted)


def message(request: Accepted) -> Message:
    fields = [(name.lower(), value) for name, value in request.fields]
    return Message(request.method, request.target, fields, request.body)


def differences() -> Iterator[tuple[Case, str, str, Verdict]]:
    for case in cases():
        for name, judge in JUDGES.items():
            verdict = judge(case.wire + TAIL * persists(case))
            outcome = difference(case, verdict)
            if outcome:
                yield case, name, outcome, verdict


def test_every_difference_is_explained() -> None:
    known = explanations()
    unused = {(judge, row.outcome, pattern) for row in known for judge in row.judges for pattern in row.patterns}
    unexplained = []
    lines = ["| case | ours | by | judges | why not followed |", "|---|---|---|---|---|"]
    for case, judge, outcome, verdict in differences():
        rows = [row for row in known if row.covers(judge, outcome, case)]
        ours = f"{case.refused.status}: {case.refused.reason}" if case.refused else "accepted"
        why = rows[0].why if rows else "UNEXPLAINED"
        theirs = f"{outcome} ({verdict.why})" if verdict.why else outcome
        lines.append(
            " | ".join(["| " + case.name, *(cell.replace("|", "\\|") for cell in (ours, judge, theirs, why))]) + " |"
        )
        if not rows:
            unexplained.append(f"{judge} | {outcome} | {case.name} | ours: {ours}; {verdict.why}")
        for row in rows:
            unused -= {(judge, outcome, pattern) for pattern in row.patterns if fnmatchcase(case.name, pattern)}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert not unexplained, "\n".join(["differences.md does not explain:", *unexplained])
    assert not unused, f"differences.md explains what does not differ: {sorted(unused)}"


@pytest.mark.parametrize("judge", JUDGES)
def test_judges_see_requests(judge: str) -> None:
    verdict = JUDGES[judge](
        b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nHost: b\r\n\r\n"
    )
    assert verdict.messages == [
        Message("POST", "/a", [("host", "a"), ("content-length", "2")], b"hi"),
        Message("GET", "/b", [("host", "b")]),
    ]
    assert verdict.end == ""
    assert JUDGES[judge](b"GET / HTTP/1.1\r\nHost : a\r\n\r\n").end == "refused"
    assert JUDGES[judge](b"GET / HTTP/1.1\r\nHost: a\r\n").end == "waits"
