"""Two thousand parked connections: no thread, no delay for others, and a client that leaves is noticed."""

import json
import pathlib
import resource
import socket
import statistics
import subprocess
import sys
import time
from typing import Any

from conformance.acceptance.harness import Place, Server, Skipped, expect, serve
from conformance.acceptance.serving import CLOCK, until

COUNT = 2000
CROWD = pathlib.Path(__file__).with_name("crowd.py")


def parked(place: Place) -> str:
    """2,000 streams of the clock, two threads."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < COUNT + 200:
        raise Skipped(f"needs {COUNT + 200} descriptors: ulimit -Hn")
    with serve(place, "./pausa", "--threads", "2", CLOCK) as server:
        latencies(server)  # warms up
        alone = latencies(server)
        before, memory = server.tasks(), resident(server)
        with Crowd(server.port) as crowd:
            crowd.ask("report")
            time.sleep(4)
            during, among = server.tasks(), latencies(server)
            grown = (resident(server) - memory) / COUNT
            events = json.loads(crowd.ask("report"))
            expect(streams(server) == COUNT, f"{streams(server)} streams are open")
            crowd.ask("leave 100")
            left = until(lambda: streams(server) == COUNT - 100, 1)
            crowd.ask(f"leave {COUNT - 100}")
        gone = until(lambda: streams(server) == 0, 1)
    expect(during <= before, f"{during} threads with {COUNT} streams, {before} without")
    expect(not events["lost"], f"{events['lost']} streams were lost")
    expect(events["fewest"] >= 3, f"a stream had {events['fewest']} events in more than 4 s")
    expect(among[1] < 0.1, f"/ping took {among[1] * 1e3:.1f} ms at the 99th percentile")
    return (
        f"threads {before} before, {during} with {COUNT}; /ping p50/p99 {figures(among)} (alone {figures(alone)}); "
        f"resident memory grew by {grown:.1f} KiB each; "
        f"between two ticks {events['shortest']:.2f} to {events['longest']:.2f} s; "
        f"100 that left were closed within {left * 1e3:.0f} ms, {COUNT - 100:,} within {gone * 1e3:.0f} ms"
    )


class Crowd:
    """The clients, in a process of their own."""

    def __init__(self, port: int, count: int = COUNT) -> None:
        command = [sys.executable, str(CROWD), str(port), str(count)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def __enter__(self) -> "Crowd":
        self.hear()
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, command: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        return self.hear()

    def hear(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        expect(line, "the crowd of clients ended; see its message above")
        return line


def streams(server: Server) -> int:
    """How many streams are open in the eyes of the application."""
    return int(server.get("/ping").split()[1])


def latencies(server: Server) -> tuple[float, float]:
    """Median and 99th percentile, in seconds, of a hundred requests."""
    times = pings(server.port, 100)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def pings(port: int, count: int, pause: float = 0.0) -> list[float]:
    """How many seconds each of that many requests of /ping took, one after another, each on a new connection."""
    times = []
    for _ in range(count):
        time.sleep(pause)
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = b""
            while data := connection.recv(4096):
                answer += data
        times.append(time.perf_counter() - began)
        expect(answer.startswith(b"HTTP/1.1 200 "), f"/ping: {answer[:200]!r}")
    return times


def resident(server: Server) -> float:
    """KiB of memory that the process has in use."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])


def figures(percentiles: tuple[float, float]) -> str:
    return "/".join(f"{value * 1e3:.1f}" for value in percentiles) + " ms"
