"""The application that pauses, for what no peer can be measured at. By path:

- `/ping` 12 bytes
- `/pause` 12 bytes after a pause that another thread ends
- `/events` a stream that pauses until it is woken, then sends the time of that as `data: NANOSECONDS`, and again
- `/pace?COUNT` wakes that many streams one after another, one each millisecond
- `/storm` wakes all streams
- `/upload` reads a body without waiting for it, and tells its size
- `/download?BYTES` in blocks
- `/sink` reads a body at once
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bench.plain import BLOCK, HELLO

PIECE = b"d" * BLOCK
streams: dict["Stream", None] = {}  # in the order of their beginning
wakeable: "queue.SimpleQueue[Callable[[], Any]]" = queue.SimpleQueue()


class Stream:
    """An open stream: what wakes it, and when that was called last (of the monotonic clock, in nanoseconds)."""

    def __init__(self, pause: Callable[[], Any]) -> None:
        self.pause = pause
        self.resume: Any = None
        self.woken = 0

    def wake(self) -> None:
        self.woken = time.monotonic_ns()
        self.resume()

    def events(self) -> Iterator[bytes]:
        streams[self] = None
        try:
            while True:
                self.resume = self.pause()
                yield b"data: %d\n\n" % self.woken
                while self.resume.pending:
                    yield b""
        finally:
            del streams[self]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    headers = [("Content-Type", "text/plain")]
    if path == "/events":
        start_response("200 OK", headers)
        return Stream(environ["wsgi.pause_output"]).events()
    if path == "/upload":
        start_response("200 OK", headers)
        return upload(environ)
    if path == "/download":
        start_response("200 OK", [*headers, ("Content-Length", query)])
        return (PIECE for _ in range(int(query) // BLOCK))
    if path == "/pace":
        threading.Thread(target=pace, args=(int(query), list(streams))).start()
    if path == "/storm":
        threading.Thread(target=storm, args=(list(streams),)).start()
    if path == "/sink":
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [*headers, ("Content-Length", "12")])
    return paused(environ) if path == "/pause" else [HELLO]


def paused(environ: dict[str, Any]) -> Iterator[bytes]:
    resume = environ["wsgi.pause_output"]()
    wakeable.put(resume)
    yield b""
    yield HELLO


def upload(environ: dict[str, Any]) -> Iterator[bytes]:
    source, size = environ["wsgi.input"], 0
    while True:
        resume = environ["wsgi.pause_output"]()
        environ["wsgi.input_handler"](source, resume)
        yield b""
        while data := source.read_nowait():
            size += len(data)
        if data == b"":
            yield b"%d\n" % size
            return


def pace(count: int, among: list[Stream]) -> None:
    due = time.monotonic()
    for number in range(count):
        due += 0.001
        time.sleep(max(0.0, due - time.monotonic()))
        among[number % len(among)].wake()


def storm(among: list[Stream]) -> None:
    for stream in among:
        stream.wake()


def wake_all_that_come() -> None:
    while True:
        wakeable.get()()


threading.Thread(target=wake_all_that_come, daemon=True).start()
