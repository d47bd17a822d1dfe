"""What a request costs against connections, parked requests, size of bodies and number of chunks, each with a line."""

from __future__ import annotations

import contextlib
import pathlib
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench import load
from bench.alone import PARKED, SERVER, descriptors
from bench.plain import CHUNK, HELLO
from bench.servers import Running, start
from bench.work import PLAIN, Work
from conformance.acceptance.parking import Crowd

COUNTS = (1, 10, 100, 1_000, 2_500, 5_000, 7_500, 10_000)  # of connections, parked requests, chunks
SIZES = tuple(1024 * size for size in (1, 16, 64, 256, 512, 1024, 2048, 3072, 4096))


def measure(venv: pathlib.Path, rounds: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """The curves: points of [x, y], and the straight line through them."""
    descriptors()
    tell("connections and sizes")
    server = start(SERVER, PLAIN, venv)
    try:
        load.run(server, Work("warm-up"), 10)
        found = {
            "connections": curve(server, connections(), rounds),
            "response": curve(server, responses(), rounds),
            "chunks": curve(server, chunks(), rounds),
        }
    finally:
        server.stop()
    tell("parked requests")
    found.update(among_parked(venv, rounds))
    return found


def connections() -> dict[int, Work]:
    return {number: Work(f"{number} connections", connections=number) for number in COUNTS}


def responses() -> dict[int, Work]:
    return {size: Work(f"response {size}", f"/body?{size}", due=bytes(size), connections=16) for size in SIZES}


def uploads() -> dict[int, Work]:
    return {size: Work(f"upload {size}", "/sink", sent=b"u" * size, connections=16) for size in SIZES}


def chunks() -> dict[int, Work]:
    return {number: Work(f"{number} chunks", f"/chunks?{number}", due=CHUNK * number) for number in COUNTS}


def curve(server: Running, points: dict[int, Work], rounds: int) -> dict[str, Any]:
    """CPU time of a request at each point: medians of interleaved rounds, after one that warms up."""
    costs: dict[int, list[float]] = {x: [] for x in points}
    errors = 0
    for number in range(rounds + 1):
        for x, work in points.items():
            # Many connections need time to be opened, which is part of the cost.
            sample = load.run(server, work, 5 if work.connections > 1000 else 2 if number == 0 else 1)
            errors += sample.errors
            if number and sample.requests:
                costs[x].append(sample.cpu)
    return {
        **line([[x, round(statistics.median(values), 2)] for x, values in costs.items() if values]),
        "errors": errors,
    }


def among_parked(venv: pathlib.Path, rounds: int) -> dict[str, Any]:
    """A request's cost beside parked ones, and the memory of these; then uploads to the same application."""
    server = start(SERVER, PARKED, venv)
    ping = Work("beside parked", "/ping", due=HELLO)
    costs, sizes = [], []
    try:
        load.run(server, ping, 10)
        base = server.status("VmRSS")
        with contextlib.ExitStack() as crowds:
            open_ones = 0
            for number in COUNTS:
                crowds.enter_context(Crowd(server.port, number - open_ones))
                open_ones = number
                time.sleep(1)
                sizes.append([number, round((server.status("VmRSS") - base) / 1024, 1)])
                samples = [load.run(server, ping, 2) for _ in range(rounds)]
                costs.append([number, round(statistics.median(sample.cpu for sample in samples), 2)])
        time.sleep(1)
        upload = curve(server, uploads(), rounds)
    finally:
        server.stop()
    return {"parked": line(costs), "memory": line(sizes, relative=False), "upload": upload}


def line(points: list[list[float]], relative: bool = True) -> dict[str, Any]:
    """The points, and the straight line y = start + slope x nearest to them by least squares.

    `relative`: distances count as shares of y, so that a point at the lower end counts as much as one at the upper.
    `deviation` is the largest distance, as a share of the line's value there, or else of the largest y.
    """
    weights = [1 / y**2 if relative else 1.0 for _, y in points]
    total = sum(weights)
    x0 = sum(w * x for w, (x, _) in zip(weights, points, strict=True)) / total
    y0 = sum(w * y for w, (_, y) in zip(weights, points, strict=True)) / total
    spread = sum(w * (x - x0) ** 2 for w, (x, _) in zip(weights, points, strict=True))
    slope = sum(w * (x - x0) * (y - y0) for w, (x, y) in zip(weights, points, strict=True)) / spread
    begin = y0 - slope * x0
    scale = [abs(begin + slope * x) if relative else max(y for _, y in points) for x, _ in points]
    far = max(abs(y - begin - slope * x) / size for (x, y), size in zip(points, scale, strict=True))
    return {"points": points, "start": begin, "slope": slope, "deviation": round(far, 3)}
