"""What no peer can be measured at: parked requests, resumes, slow clients; and what Pausa needs at rest."""

from __future__ import annotations

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import load
from bench.servers import PAUSA, ROOT, Running, Setting, Unavailable, start
from bench.work import PLAIN, Work
from conformance.acceptance.parking import Crowd, pings

SERVER = Setting("pausa, alone", PAUSA + "8")
CLOCK = "examples.clock:app"
PARKED = "bench.parked:app"
TRICKLE = ROOT / "bench" / "trickle.py"
STREAMS = 10_000
SLOW = 1_000


def measure(venv: pathlib.Path, quick: bool, tell: Callable[[str], None]) -> dict[str, Any]:
    """All of it. `quick`: fewer samples, the same crowds."""
    descriptors()
    found: dict[str, Any] = {}
    for key, part in (("start", starts), ("clock", clock), ("parked", parked), ("slow", slow), ("flat", flat)):
        tell(key)
        found[key] = part(venv, quick)
    return found


def descriptors() -> None:
    """Allows this process, and so the servers that it starts, as many descriptors as the crowds need."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < STREAMS + 1000:
        raise Unavailable(f"{STREAMS + 1000} file descriptors are needed, {hard} are allowed: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def starts(venv: pathlib.Path, quick: bool) -> dict[str, float]:
    """From the start of the command to the first answer, in seconds, and the memory then, in MB: medians."""
    times, sizes = [], []
    for _ in range(2 if quick else 5):
        server = start(SERVER, PLAIN, venv)
        times.append(server.seconds)
        time.sleep(1)
        sizes.append(server.status("VmRSS") / 1024)
        server.stop()
    return {"seconds": round(statistics.median(times), 2), "megabytes": round(statistics.median(sizes))}


def clock(venv: pathlib.Path, quick: bool) -> dict[str, float]:
    """10,000 streams of the plain WSGI clock, each with an event every second."""
    server = start(SERVER, CLOCK, venv)
    try:
        warm(server)
        alone, threads, memory = pinged(server, quick), server.status("Threads"), server.status("VmRSS")
        with Crowd(server.port, STREAMS) as crowd:
            time.sleep(3)
            crowd.ask("report")
            among, cpu, began = pinged(server, quick), server.cpu(), time.monotonic()
            time.sleep(3)
            cpu, seconds = server.cpu() - cpu, time.monotonic() - began
            more, grown = server.status("Threads") - threads, server.status("VmRSS") - memory
            events = json.loads(crowd.ask("report"))
        time.sleep(1)
        alone += pinged(server, quick)
    finally:
        server.stop()
    return {
        "threads": more,
        "kib": round(grown / STREAMS, 2),
        "cpu": round(cpu / seconds / STREAMS * 1e6, 2),  # microseconds an event
        "lost": events["lost"],
        "longest": round(events["longest"], 3),  # seconds between two events
        **compared(alone, among),
    }


def parked(venv: pathlib.Path, quick: bool) -> dict[str, float]:
    """10,000 streams that wait in silence; a storm that resumes all; and resumes one by one, a millisecond apart."""
    server = start(SERVER, PARKED, venv)
    try:
        warm(server)
        with Crowd(server.port, 50) as few:
            # The first one warms up.
            for count in (1000, 1000 if quick else 5000):
                server.get(f"/pace?{count}")
                time.sleep(count / 1000 + 0.5)
                one = json.loads(few.ask("report"))["delays"]
        alone, threads, memory = pinged(server, quick), server.status("Threads"), server.status("VmRSS")
        with Crowd(server.port, STREAMS) as crowd:
            time.sleep(1)
            cpu = server.cpu()
            time.sleep(2)
            idle = (server.cpu() - cpu) / 2
            among = pinged(server, quick)
            more, grown = server.status("Threads") - threads, server.status("VmRSS") - memory
            cpu = server.cpu()
            server.get("/storm")
            time.sleep(3)
            cpu = server.cpu() - cpu
            all_at_once = json.loads(crowd.ask("report"))["delays"]
        time.sleep(1)
        alone += pinged(server, quick)
    finally:
        server.stop()
    return {
        "threads": more,
        "kib": round(grown / STREAMS, 2),
        "idle": round(idle * 100, 1),  # per cent of a core
        **compared(alone, among),
        "resumes": len(one),
        "resume_p50": percentile(one, 50),
        "resume_p99": percentile(one, 99),
        "storm": len(all_at_once),
        "storm_p50": percentile(all_at_once, 50),
        "storm_last": round(max(all_at_once)),
        "storm_cpu": round(cpu / STREAMS * 1e6, 1),  # microseconds a resume
    }


def slow(venv: pathlib.Path, quick: bool) -> dict[str, float]:
    """1,000 clients that read slowly and 1,000 that send slowly."""
    server = start(SERVER, PARKED, venv)
    try:
        warm(server)
        alone, threads, memory = pinged(server, quick), server.status("Threads"), server.status("VmRSS")
        command = [sys.executable, str(TRICKLE), str(server.port), str(SLOW), str(SLOW)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as clients:
            assert clients.stdin and clients.stdout
            clients.stdout.readline()
            time.sleep(3)
            among = pinged(server, quick)
            more, grown = server.status("Threads") - threads, server.status("VmRSS") - memory
            clients.stdin.write("lost\n")
            lost = int(clients.stdout.readline())
            clients.kill()
        time.sleep(1)
        alone += pinged(server, quick)
    finally:
        server.stop()
    return {"threads": more, "kib": round(grown / SLOW / 2, 1), "lost": lost, **compared(alone, among)}


def flat(venv: pathlib.Path, quick: bool) -> dict[str, float]:
    """Memory in MB after a warm-up, after a million requests more, and after 100,000 pauses more."""
    server = start(SERVER, PARKED, venv)
    wanted = {"/ping": 100_000 if quick else 1_000_000, "/pause": 10_000 if quick else 100_000}
    found: dict[str, float] = {}
    try:
        for path in wanted:
            load.run(server, Work(f"flat {path[1:]}", path), 3 if quick else 15)
        found["before"] = round(server.status("VmRSS") / 1024)
        for path, count in wanted.items():
            samples: list[load.Sample] = []
            deadline = time.monotonic() + 120
            while sum(sample.requests for sample in samples) < count and time.monotonic() < deadline:
                samples.append(load.run(server, Work(f"flat {path[1:]}", path), 1 if quick else 3))
            found[path[1:]] = sum(sample.requests for sample in samples)
            found[f"{path[1:]}_errors"] = sum(sample.errors for sample in samples)
            found[f"{path[1:]}_cpu"] = round(statistics.median(sample.cpu for sample in samples), 1)
            found[f"after_{path[1:]}"] = round(server.status("VmRSS") / 1024)
    finally:
        server.stop()
    return found


def warm(server: Running) -> None:
    load.run(server, Work("warm-up", "/ping", due=server.get("/ping")), 5)
    pings(server.port, 300)


def pinged(server: Running, quick: bool) -> list[float]:
    """Microseconds of requests on connections of their own, spread over a while; fewer if they take very long."""
    times: list[float] = []
    until = time.monotonic() + 20
    while len(times) < (300 if quick else 1500) and time.monotonic() < until:
        times += [seconds * 1e6 for seconds in pings(server.port, 50, pause=0.002)]
    return times


def compared(alone: list[float], among: list[float]) -> dict[str, float]:
    figures = {"alone_p50": (alone, 50), "alone_p99": (alone, 99), "p50": (among, 50), "p99": (among, 99)}
    return {name: percentile(times, rank) for name, (times, rank) in figures.items()}


def percentile(values: list[float], rank: int) -> float:
    return round(statistics.quantiles(values, n=100)[rank - 1])
