"""What bench/ makes of its measurements: lines, verdicts, plots and the page."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from bench import floors, page, plots, scaling

MACHINE = dict.fromkeys(("date", "cpu", "cores", "kernel", "load", "python", "java", "pausa"), "1")


def result(cpu: float, errors: int = 0) -> dict[str, Any]:
    return {"rate": 1000, "cpu": cpu, "spread": [cpu, cpu], "p50": 1, "p99": 2, "requests": 1000, "errors": errors}


def report(**work: dict[str, Any]) -> dict[str, Any]:
    measured = {name.replace("_", " "): results for name, results in work.items()}
    machine = {**MACHINE, "versions": {"bjoern": "1"}, "minutes": 1.0}
    options = {"rounds": 1, "seconds": 1}
    return {"work": measured, "skipped": {}, "machine": machine, "options": options, "whole": False}


def test_a_line_goes_through_points_that_lie_on_one() -> None:
    found = scaling.line([[1, 12], [10, 30], [100, 210]])
    assert found["start"] == pytest.approx(10)
    assert found["slope"] == pytest.approx(2)
    assert found["deviation"] == 0


def test_a_point_off_the_line_is_told() -> None:
    assert scaling.line([[1, 10], [2, 10], [3, 10], [4, 20]])["deviation"] > 0.3


def test_each_server_counts_at_its_best_and_a_faulty_one_not_at_all() -> None:
    results = {"pausa, 8 threads": result(20), "pausa, 1 thread": result(10), "granian": result(12)}
    results |= {"bjoern": result(9), "fastwsgi": result(1, errors=1)}
    row = floors.beside({"Flask": results}, "Flask", "", 0.95, 1)
    assert row.value == pytest.approx(0.9)
    assert (row.holds, row.verdict) == (False, "below the floor")
    assert floors.beside({"Flask": results}, "Flask", "granian", 0.95, 1).verdict == "on target"


def test_bounds_work_both_ways() -> None:
    assert floors.Row("start", 1.5, floor=2, target=1, most=True).verdict == "above the floor"
    assert not floors.Row("start", 2.5, floor=2, target=1, most=True).holds
    assert floors.Row("ratio", 0.9, floor=None, target=1).verdict == "short of target"


def test_what_was_not_measured_does_not_hold() -> None:
    rows = floors.rows({})
    assert len(rows) > 20
    assert not any(row.holds for row in rows)


def test_plots_are_well_formed() -> None:
    dots = plots.dots("A < B", {"work": {"granian": 3.0, "bjoern": 0.5}}, ["granian", "bjoern"])
    curve = plots.curve("A", "x", "y", scaling.line([[1, 10.0], [10_000, 20.0]]))
    for image, number in ((dots, 4), (curve, 2)):
        root = ElementTree.fromstring(image)
        assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == number


def test_the_page_keeps_what_stands_around_the_marks(tmp_path: Path) -> None:
    written = tmp_path / "performance.md"
    written.write_text(f"before\n{page.BEGIN}old\n{page.END}after\n")
    page.write(report(Flask={"pausa": result(10), "bjoern": result(9)}), written)
    text = written.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| Flask: the best peer | 0.90 x |" in text
    assert (tmp_path / "performance" / "work.svg").exists()
