"""A chat room by long polling: each browser has one request open, which pauses until somebody says something.

    ./pausa examples.chat:app           then open http://127.0.0.1:8000/ in two windows
    curl -d name=Ada -d text=Hello http://127.0.0.1:8000/say
    curl 'http://127.0.0.1:8000/messages?after=0'

It works on every threaded WSGI server; where pausing is not offered, each open request holds a thread. The room lives
in this process's memory: run one worker.
"""

import json
import pathlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

PAGE = pathlib.Path(__file__).with_name("chat.html").read_bytes()
PATIENCE = 25.0  # seconds for one poll: shorter than the usual time-outs of proxies

Environ = dict[str, Any]


class Room:
    """The last 1000 messages, and those who wait for the next. Any thread."""

    def __init__(self) -> None:
        self.count = 0  # how many were ever said; a message's number is its place in that count
        self.messages: deque[dict[str, Any]] = deque(maxlen=1000)
        self.changed = threading.Condition()
        self.waiting: set[Callable[[], bool]] = set()  # the resumes of paused requests

    def say(self, name: str, text: str) -> None:
        with self.changed:
            self.count += 1
            self.messages.append({"number": self.count, "name": name, "text": text})
            self.changed.notify_all()
            woken, self.waiting = self.waiting, set()
        for resume in woken:
            resume()

    def after(self, number: int) -> list[dict[str, Any]]:
        with self.changed:
            return [message for message in self.messages if message["number"] > number]

    def wait(self, number: int, due: float, environ: Environ) -> Iterator[bytes]:
        """Returns when there is a message after `number`, or `time.monotonic()` is `due`."""
        while self.count <= number and (left := due - time.monotonic()) > 0:
            if "wsgi.pause_output" in environ and "pausa.call_later" in environ:
                yield from self.pause(number, left, environ)
            else:
                with self.changed:
                    self.changed.wait_for(lambda: self.count > number, left)

    def pause(self, number: int, left: float, environ: Environ) -> Iterator[bytes]:
        """Pauses once. It may end early, for nothing: the caller looks at the room and pauses again."""
        resume = environ["wsgi.pause_output"]()
        cancel = environ["pausa.call_later"](left, resume)
        try:
            with self.changed:
                self.waiting.add(resume)
                if self.count > number:  # Said before `waiting` had the resume: nobody else would call it.
                    resume()
                    return
            yield b""
            with self.changed:
                # Still pending: asked too early, since a middleware did not hand on the empty chunk. Wait here.
                while resume.pending and self.count <= number:
                    self.changed.wait(min(left, 1))
        finally:  # Also when the client left: the server closes this generator.
            cancel()
            with self.changed:
                self.waiting.discard(resume)


room = Room()


def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/messages":
        start_response("200 OK", [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
        return messages(environ)
    if path == "/say" and environ["REQUEST_METHOD"] == "POST":
        say(environ)
        start_response("204 No Content", [])
        return []
    found = path == "/"
    body, kind = (PAGE, "text/html; charset=utf-8") if found else (b"Not found\n", "text/plain")
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    start_response("200 OK" if found else "404 Not Found", headers)
    return [body]


def say(environ: Environ) -> None:
    size = min(int(environ.get("CONTENT_LENGTH") or 0), 10_000)
    form = parse_qs(environ["wsgi.input"].read(size).decode(errors="replace"))
    if text := form.get("text", [""])[0].strip():
        room.say(form.get("name", ["Somebody"])[0], text)


def messages(environ: Environ) -> Iterator[bytes]:
    """The messages after number N, at once if there are any, else as soon as there are; none after 25 seconds."""
    asked = parse_qs(environ.get("QUERY_STRING", "")).get("after", ["0"])[0]
    number = int(asked) if asked.isdecimal() else 0
    if number > room.count:  # from before a restart
        number = 0
    yield from room.wait(number, time.monotonic() + PATIENCE, environ)
    yield json.dumps(room.after(number)).encode()
