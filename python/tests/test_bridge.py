"""The bridge's part in Python, and what becomes of threads and processes that the application starts."""

from __future__ import annotations

import io
import random
import time
from pathlib import Path

import pytest

from pausa._bridge import Input
from tests.running import Running


def over(monkeypatch: pytest.MonkeyPatch, data: bytes, most: int = 65536) -> Input:
    """An input whose body comes in pieces of up to `most` bytes."""
    stream = io.BytesIO(data)

    def read(_: object, size: int) -> bytes:
        assert 0 < size <= 65536
        return stream.read(min(size, most))

    monkeypatch.setattr(Input, "_read", staticmethod(read))
    return Input(None)


def test_input_reads_as_a_file_does(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    for _ in range(300):
        data = bytes(chance.choice(b"ab\n") for _ in range(chance.randint(0, 60)))
        mine, files = over(monkeypatch, data, chance.choice((1, 5, 100))), io.BytesIO(data)
        for _ in range(12):
            method = chance.choice(("read", "readline", "readlines"))
            size = chance.choice((-1, None, 0, 1, 3, 1000))
            assert getattr(mine, method)(size) == getattr(files, method)(size), (data, method, size)
        assert list(mine) == list(files)


def test_input_takes_sizes_beyond_64_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    body = over(monkeypatch, b"ab\ncdef")
    assert [body.readline(2**70), body.read1(1), body.read1(2**70)] == [b"ab\n", b"c", b"def"]
    assert [body.read(2**70), body.read1(2**70), body.readline(2**70)] == [b"", b"", b""]


def test_a_long_line_takes_time_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    body = over(monkeypatch, b"x" * 20_000_000, 1000)
    begin = time.process_time()
    assert len(body.readline()) == 20_000_000
    assert time.process_time() - begin < 2


FORKS = """
import os, sys
def app(environ, start_response):
    how = environ["QUERY_STRING"]
    if not how:
        start_response("200 OK", [])
        return [b"no fork"]
    child = os.fork()
    if child == 0:
        print(how, "in the child")
        if how == "exit":
            sys.exit(7)
        if how == "text":
            sys.exit("the reason")
        if how == "raise":
            raise ValueError("in the child")
        return [b"from the child"]
    start_response("200 OK", [])
    return [str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode()]
"""


def test_a_forked_child_that_comes_back_ends(tmp_path: Path) -> None:
    with Running(tmp_path, app=FORKS) as server:
        for _ in range(500):
            server.get()  # while the JVM compiles, a child may stop at a lock of its compiler
        assert [server.get(f"/?{how}") for how in ("exit", "text", "raise", "return")] == ["7", "1", "1", "0"]
        code, out = server.stop()
        assert (code, out.count("in the child")) == (0, 4)
        assert "\nthe reason\n" in server.log.read_text()
        assert "ValueError: in the child" in server.log.read_text()


DAEMONS = """
import atexit, sys, threading
def work(environ):
    functions = [environ["wsgi.pause_output"], environ["pausa.close_reason"], environ["wsgi.pause_output"]()]
    while True:
        for function in functions:
            try:
                function()
            except SystemError:
                pass
def late():
    print(resume(), resume.pending)
atexit.register(late)
def app(environ, start_response):
    global resume
    resume = environ["wsgi.pause_output"]()
    resume()
    for _ in range(2):
        threading.Thread(target=work, args=(environ,), daemon=True).start()
    start_response("200 OK", [])
    return [b"done"]
"""


def test_daemon_threads_that_call_the_server_do_not_hold_the_end(tmp_path: Path) -> None:
    with Running(tmp_path, app=DAEMONS) as server:
        assert server.get() == "done"
        assert server.stop() == (0, "False False\n")


INSIDE = """
import threading, time
def work(pause_output):
    while True:
        time.sleep(0)
        pause_output()
def app(environ, start_response):
    resume = environ["wsgi.pause_output"]()
    resume()
    kind = type(resume)
    begin = kind.__init__
    def slow(self, number):
        begin(self, number)
        if threading.current_thread() is thread:
            called.set()
            time.sleep(0.5)
    kind.__init__ = slow
    called = threading.Event()
    thread = threading.Thread(target=work, args=(environ["wsgi.pause_output"],), daemon=True)
    start_response("200 OK", [("Content-Length", "4")])
    yield b"done"
    thread.start()
    called.wait()
    print("inside", flush=True)
"""


def test_a_thread_that_is_inside_a_call_does_not_hold_the_end(tmp_path: Path) -> None:
    with Running(tmp_path, app=INSIDE) as server:
        assert server.get() == "done"
        time.sleep(0.5)
        assert server.stop() == (0, "inside\n")
