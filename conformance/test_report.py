"""The reports themselves: a row that did not pass for a subject is a problem of a whole run."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conformance.report import TABLES, Report, Table

ROWS = {"W01": "one", "W02": "two", "W03": "three"}
TABLE = Table("three", ROWS, re.compile(r"::test_w(\d\d)_"), "W", frozenset({"W03"}))


def filled(folder: Path, whole: bool) -> Report:
    report = Report(TABLE, folder, whole)
    for subject in ("python", "java"):
        report.add(f"a.py::test_w01_first[{subject}]", "passed", 0.1)
        report.add(f"a.py::test_w01_second[x-{subject}-y]", "passed", 0.1)
    report.add("a.py::test_w02_only[python]", "passed", 0.1)
    report.add("a.py::test_w03_only[python]", "skipped", 0.1)
    report.add("test_w03_w04.py::test_other[java]", "failed", 0.1)  # its file's name says nothing
    return report


def test_missing_and_skipped_rows_fail_a_whole_run(tmp_path: Path) -> None:
    report = filled(tmp_path, whole=True)
    report.finish()
    assert report.problems == ["W02 java: missing", "W03 python: skipped"]
    assert report.summary() == "3 rows x 2 subjects: 3 passed, 1 missing, 1 skipped, 1 python only"
    rows = json.loads((tmp_path / "three.json").read_text())
    assert (rows[0]["python"], rows[0]["python_tests"], rows[0]["java_tests"]) == ("passed", 2, 2)
    assert (tmp_path / "three.md").read_text().endswith(report.summary() + "\n")


def test_a_failure_stays_one(tmp_path: Path) -> None:
    report = filled(tmp_path, whole=True)
    report.add("a.py::test_w01_third[java]", "failed", 0.1)
    report.add("a.py::test_w01_third[java]", "passed", 0.1)  # its teardown
    report.finish()
    assert "W01 java: failed" in report.problems


def test_a_part_of_a_run_has_no_missing_rows(tmp_path: Path) -> None:
    report = filled(tmp_path, whole=False)
    report.finish()
    assert report.problems == []


def test_the_checklist_has_52_rows_for_both_subjects() -> None:
    table = next(table for table in TABLES if table.name == "pep3333")
    assert list(table.titles) == [f"W{number:02}" for number in range(1, 53)]
    assert not table.python_only
