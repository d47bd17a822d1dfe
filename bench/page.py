"""Writes docs/performance.md, between its marks, and the plots beside it, from a report of bench/run."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

from bench import floors, plots

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
WORK = ["", "CPU us/request", "(min, max)", "requests/s", "p50 us", "p99 us", "faults"]
ALONE = [
    "",
    "10,000 clocks, ticking each second",
    "10,000 parked in silence",
    "1,000 slow readers, 1,000 slow senders",
]
CURVES = {
    "connections": ("Connections", "connections, opened and all busy", "us of CPU time a request", "12 bytes"),
    "parked": ("Parked requests", "parked requests", "us of CPU time a request", "12 bytes to 64 other connections"),
    "memory": ("Memory of parked requests", "parked requests", "MiB more than without", "resident memory"),
    "response": ("Size of a response", "bytes", "us of CPU time a request", "16 connections"),
    "upload": ("Size of a request body", "bytes", "us of CPU time a request", "16 connections"),
    "chunks": ("Chunks of a response", "chunks of 100 bytes", "us of CPU time a request", "64 connections"),
}


def write(report: dict[str, Any], page: pathlib.Path) -> None:
    """Replaces what stands between the marks, and the plots in the folder of the page's name."""
    text = page.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    folder = page.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name, image in images(report).items():
        (folder / f"{name}.svg").write_text(image)
    page.write_text(before + BEGIN + "\n" + "\n".join(body(report)) + "\n" + END + after)


def images(report: dict[str, Any]) -> dict[str, str]:
    found = {
        name: plots.curve(f"{CURVES[name][0]} ({CURVES[name][3]})", *CURVES[name][1:3], measured)
        for name, measured in report.get("scaling", {}).items()
    }
    if work := report.get("work"):
        relative, labels = {}, []
        for name, results in work.items():
            if ours := floors.best(results, "pausa"):
                peers = {peer: result for peer, result in results.items() if not peer.startswith("pausa")}
                relative[name] = {peer: found["cpu"] / results[ours]["cpu"] for peer, found in peers.items()}
                labels += [peer for peer in peers if peer not in labels]
        found["work"] = plots.dots("CPU time of a request, as a multiple of Pausa's", relative, labels)
    return found


def body(report: dict[str, Any]) -> Iterator[str]:
    machine, options = report["machine"], report["options"]
    yield f"Measured on {machine['date']}: {machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, load"
    yield f"{machine['load']} at the start; {machine['python']}, {machine['java']}, Pausa {machine['pausa']};"
    yield ", ".join(f"{name} {version}" for name, version in machine["versions"].items()) + ";"
    yield f"{options['rounds']} rounds of {options['seconds']} s, {machine['minutes']:g} minutes in all.\n"
    rows = [row for row in floors.rows(report) if report["whole"] or row.value is not None]
    if rows:
        yield "## Floors and targets\n"
        yield from table(["", "measured", "floor", "target", "", ""], [row.cells() for row in rows])
    if work := report.get("work"):
        yield "\n## Beside the peers\n"
        yield "![How many times as much as Pausa each peer needs](performance/work.svg)\n"
        for name, results in work.items():
            yield f"### {name}\n"
            yield from table(
                ["", "CPU us/request", "(min, max)", "requests/s", "p50 us", "p99 us", "faults"], lines(results)
            )
            yield ""
        for name, reason in report["skipped"].items():
            yield f"- not measured: {name}: {reason}"
    if alone := report.get("alone"):
        yield "\n## Ours alone\n"
        yield from own(alone)
    if scaling := report.get("scaling"):
        yield "\n## How it scales\n"
        yield from curves(scaling)


def lines(results: dict[str, Any]) -> Iterator[list[str]]:
    for name, result in sorted(results.items(), key=lambda item: float(item[1]["cpu"])):
        least, most = result["spread"]
        label = f"**{name}**" if name.startswith("pausa") else name
        numbers = [f"{result[key]:,}" for key in ("rate", "p50", "p99", "errors")]
        yield [label, f"{result['cpu']:,}", f"({least:,}, {most:,})", *numbers]


def own(alone: dict[str, Any]) -> Iterator[str]:
    clock, parked, slow, flat, start = (alone[part] for part in ("clock", "parked", "slow", "flat", "start"))
    crowds = (clock, parked, slow)
    rows = [
        ["threads more", *(str(found["threads"]) for found in crowds)],
        ["memory each", *(f"{found['kib']:.1f} KiB" for found in crowds)],
        ["p50 of other requests, and without", *(pair(found, "p50") for found in crowds)],
        ["p99 of other requests, and without", *(pair(found, "p99") for found in crowds)],
        ["CPU time", f"{clock['cpu']:.1f} us a tick", f"{parked['idle']:.1f} % of a core", ""],
        ["lost", str(clock["lost"]), "", str(slow["lost"])],
    ]
    yield from table(ALONE, rows)
    yield ""
    yield f"- Longest time between two ticks of a clock: {clock['longest']:.2f} s."
    yield (
        f"- From `resume()` to the first byte at the client: p50 {parked['resume_p50']:,} us, p99 "
        f"{parked['resume_p99']:,} us, of {parked['resumes']:,}, one each millisecond."
    )
    yield (
        f"- A storm that resumes {parked['storm']:,}: half of the clients had their byte after "
        f"{parked['storm_p50'] / 1000:,.0f} ms, the last after {parked['storm_last'] / 1000:,.0f} ms, at "
        f"{parked['storm_cpu']:.1f} us of CPU time each. One process in Python reads for all of these clients."
    )
    yield (
        f"- Memory: {start['megabytes']} MB at rest, {flat['before']} MB warm, {flat['after_ping']} MB after "
        f"{flat['ping']:,} requests, {flat['after_pause']} MB after {flat['pause']:,} pauses "
        f"({flat['pause_cpu']:.1f} us of CPU time for a request that pauses once)."
    )
    yield f"- Start to first answer: {start['seconds']:.2f} s."


def curves(scaling: dict[str, Any]) -> Iterator[str]:
    for name, found in scaling.items():
        title, x_label, y_label, _ = CURVES[name]
        yield f"![{title}](performance/{name}.svg)\n"
        yield (
            f"{title}: {found['start']:.2f} {found['slope']:+.3g} x for x {x_label} ({y_label}); the point farthest "
            f"from that line is off by {found['deviation']:.0%}.\n"
        )


def pair(found: dict[str, float], key: str) -> str:
    return f"{found[key]:,} us, {found['alone_' + key]:,} us"


def table(head: list[str], rows: Any) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for cells in rows:
        yield "| " + " | ".join(cells) + " |"
