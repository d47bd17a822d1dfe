"""Load by wrk, every answer compared, and what a server's processes cost meanwhile."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import statistics
import subprocess

from bench.servers import ROOT, Running, Unavailable
from bench.work import Work


@dataclasses.dataclass(frozen=True)
class Sample:
    """One run: requests a second, microseconds of CPU time a request, latencies in microseconds, faulty answers."""

    rate: float
    cpu: float
    p50: float
    p99: float
    requests: int
    errors: int


def run(server: Running, work: Work, seconds: int) -> Sample:
    """Loads a server for some seconds; from the second core if the server has the first one.

    A server that does not even take connections has answered nothing, which is one fault.
    """
    command = ["taskset", "-c", "1"] if work.pinned else []
    command += ["wrk", "-t1", f"-c{work.connections}", f"-d{seconds}s", "--timeout", "10s"]
    if work.close:
        command += ["-H", "Connection: close"]
    url = f"http://127.0.0.1:{server.port}{work.path}"
    command += ["-s", str(ROOT / "bench/check.lua"), url, "--", *work.files()]
    before = server.cpu()
    ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if ended.returncode:
        return Sample(rate=0, cpu=math.inf, p50=math.inf, p99=math.inf, requests=0, errors=1)
    cost = server.cpu() - before
    found = json.loads(ended.stdout.strip().splitlines()[-1])
    requests = found["requests"]
    return Sample(
        rate=requests / found["seconds"],
        cpu=cost / requests * 1e6 if requests else math.inf,
        p50=found["p50"],
        p99=found["p99"],
        requests=requests,
        errors=found["wrong"] + found["broken"] + found["late"],
    )


def summary(samples: list[Sample], errors: int) -> dict[str, float | list[float]]:
    """Medians, and the smallest and the largest cost."""
    costs = [sample.cpu for sample in samples]
    return {
        "rate": round(statistics.median(sample.rate for sample in samples)),
        "cpu": round(statistics.median(costs), 2),
        "spread": [round(min(costs), 2), round(max(costs), 2)],
        "p50": round(statistics.median(sample.p50 for sample in samples)),
        "p99": round(statistics.median(sample.p99 for sample in samples)),
        "requests": sum(sample.requests for sample in samples),
        "errors": errors,
    }


def needed() -> None:
    """Raises Unavailable if a program is missing."""
    for program, package in (("wrk", "wrk"), ("taskset", "util-linux")):
        if not shutil.which(program):
            raise Unavailable(f"{program} is missing: apt-get install {package}")
