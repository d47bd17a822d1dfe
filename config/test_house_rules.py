"""The house rules that no other check keeps: sizes of Python files, door signs, and what must not be in the tree."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAXIMUM_LINES = 500
HEADINGS = ("What lives here.", "Who calls in.", "May depend on.", "Threads.", "Limits.")

FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.$}])/(?:root|work|opt/wheels)/"),
    "the host of a package index": re.compile(r"repo1?\.maven\.(?:apache\.)?org|pypi\.org|pythonhosted\.org"),
    "a merge conflict": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
    "unfinished work": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
}


def tracked_files() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and path != Path(__file__).resolve()]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, a jar, or a request of a corpus


def test_there_are_files_to_judge() -> None:
    assert len(tracked_files()) > 50


def test_no_source_file_is_too_long() -> None:
    lengths = {path: text.count("\n") for path, text in texts() if path.suffix in {".java", ".py"}}
    assert {path: length for path, length in lengths.items() if length > MAXIMUM_LINES} == {}


def test_every_java_package_has_a_door_sign() -> None:
    sources = [path for path in tracked_files() if path.suffix == ".java" and "src/main/java" in path.as_posix()]
    packages = {path.parent for path in sources if path.name != "module-info.java"}
    assert packages
    faults = {}
    for package in packages:
        sign = package / "package-info.java"
        text = sign.read_text(encoding="utf-8") if sign.exists() else ""
        missing = [heading for heading in HEADINGS if f"<b>{heading}</b>" not in text]
        if missing:
            faults[str(sign.relative_to(ROOT))] = missing
    assert faults == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_holds_nothing_forbidden(what: str) -> None:
    found = []
    for path, text in texts():
        for match in FORBIDDEN[what].finditer(text):
            found.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}")
    assert found == []
