"""The documents agree with the code, with one another, and with the files that they name."""

import re
from pathlib import Path

import pytest

from conformance.report import CASES

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SPECIFICATION = (DOCS / "pausing.md").read_text(encoding="utf-8")
DIAGRAM = re.compile(r"```mermaid\n.*?```", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("examples/**/*.md"), *ROOT.glob("*/README.md")])


def test_the_diagram_is_that_of_the_table() -> None:
    """StatesDocumentTest keeps exchange-states.md; copy its diagram from there."""
    states = (DOCS / "exchange-states.md").read_text(encoding="utf-8")
    assert DIAGRAM.findall(SPECIFICATION) == DIAGRAM.findall(states)


def test_every_rule_stands_once_in_the_specification() -> None:
    rules = [int(number) for number in re.findall(r"^- \*\*P(\d+)\*\*", SPECIFICATION, re.MULTILINE)]
    assert rules == [*range(1, 46), *range(50, 64)]


def test_every_case_stands_in_the_specification() -> None:
    cases = re.findall(r"^\| (C\d\d) \|", SPECIFICATION, re.MULTILINE)
    assert cases == [f"C{number:02}" for number in range(1, 84)]
    assert set(CASES) <= set(cases)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        if "://" in target or path.startswith("mailto:"):
            continue
        file = (document.parent / path) if path else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
