"""What Pausa must reach: the floors and targets, held against a report of bench/run."""

from __future__ import annotations

import dataclasses
from typing import Any

ONE_CORE = "12 bytes, one core"
ALL_CORES = "12 bytes"
BODIES = ("10 KiB", "100 chunks", "echo 1 KiB", "echo 64 KiB")
FRAMEWORKS = ("Flask", "Django")


@dataclasses.dataclass(frozen=True)
class Row:
    """One requirement. `value` is None if it was not measured; `most`: floor and target are upper bounds."""

    name: str
    value: float | None
    floor: float | None
    target: float
    unit: str = "x"
    most: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.value is not None and self._reaches(self.floor)

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        if not self.holds:
            return "below the floor"
        if self._reaches(self.target):
            return "on target"
        return "above the floor" if self.floor is not None else "short of target"

    def _reaches(self, bound: float | None) -> bool:
        if bound is None or self.value is None:
            return bound is None
        return self.value <= bound if self.most else self.value >= bound

    def cells(self) -> list[str]:
        sign = "<= " if self.most else ">= "
        bounds = [f"{sign}{bound:g}" if bound is not None else "" for bound in (self.floor, self.target)]
        value = "-" if self.value is None else f"{self.value:.2f} {self.unit}".rstrip()
        return [self.name, value, *bounds, self.verdict, self.note]


def rows(report: dict[str, Any]) -> list[Row]:
    work, alone = report.get("work", {}), report.get("alone", {})
    found = [
        beside(work, ONE_CORE, "bjoern", 0.8, 1.2),
        beside(work, ONE_CORE, "fastwsgi", None, 1.2),
        beside(work, ONE_CORE, "granian", 1.5, 1.5),
        beside(work, ONE_CORE, "waitress", 15, 15),
        beside(work, ONE_CORE, "gunicorn gthread", 15, 15),
        beside(work, ALL_CORES, "granian", 1.0, 1.0),
        beside(work, ALL_CORES, "", None, 1.2),
    ]
    for name in BODIES:
        found += [beside(work, name, "granian", 1.0, 1.0), beside(work, name, "", None, 1.0)]
    found += [beside(work, name, "", 0.95, 1.0) for name in FRAMEWORKS]
    return found + own(alone)


def own(alone: dict[str, Any]) -> list[Row]:
    clock, parked, slow, start = (alone.get(part, {}) for part in ("clock", "parked", "slow", "start"))

    def most(name: str, value: float | None, floor: float, target: float, unit: str, note: str = "") -> Row:
        return Row(name, value, floor, target, unit, True, note)

    def milliseconds(key: str) -> float | None:
        return parked[key] / 1000 if key in parked else None

    return [
        most("10,000 parked: threads more", clock.get("threads"), 0, 0, ""),
        most("10,000 parked: memory each", clock.get("kib"), 12, 12, "KiB"),
        most("10,000 parked: p99 of others", slowed(clock), 2, 2, "x", latencies(clock)),
        most("resume to first byte, p50", milliseconds("resume_p50"), 1, 0.3, "ms"),
        most("resume to first byte, p99", milliseconds("resume_p99"), 10, 3, "ms"),
        most("1,000 slow readers, 1,000 slow senders: threads more", slow.get("threads"), 0, 0, ""),
        most("the same: clients given up", slow.get("lost"), 0, 0, ""),
        most("the same: p99 of others", slowed(slow), 2, 2, "x", latencies(slow)),
        most("start to first answer", start.get("seconds"), 2, 1, "s"),
        most("memory at rest", start.get("megabytes"), 250, 160, "MB"),
    ]


def beside(work: dict[str, Any], name: str, peer: str, floor: float | None, target: float) -> Row:
    """CPU time of a request: that of the peers of this name (all, if it is empty) at their best, by that of Pausa."""
    results = work.get(name, {})
    ours, theirs = best(results, "pausa"), best(results, peer, but="pausa")
    label = f"{name}: {peer or 'the best peer'}"
    if ours is None or theirs is None:
        return Row(label, None, floor, target)
    rate = results[ours]["rate"] / results[theirs]["rate"]
    note = f"requests/s {rate:.2f} x; {ours} beside {theirs}"
    return Row(label, results[theirs]["cpu"] / results[ours]["cpu"], floor, target, note=note)


def best(results: dict[str, Any], prefix: str, but: str = "-") -> str | None:
    """The server with this prefix that needs the least CPU time and answers without fault."""
    sound = [name for name in results if name.startswith(prefix) and not name.startswith(but)]
    sound = [name for name in sound if not results[name]["errors"]]
    return min(sound, key=lambda name: float(results[name]["cpu"]), default=None)


def slowed(figures: dict[str, float]) -> float | None:
    return figures["p99"] / figures["alone_p99"] if figures else None


def latencies(figures: dict[str, float]) -> str:
    return "p99 {p99:,.0f} us, without them {alone_p99:,.0f} us".format(**figures) if figures else ""
