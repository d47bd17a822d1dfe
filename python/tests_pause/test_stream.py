"""`Stream`: the portable body of P44."""

from __future__ import annotations

import gc
import random
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from tests_pause.steps import Steps, after, swallowing
from wsgi_pause import Closed, Stream


def thread(call: object, *args: object) -> threading.Thread:
    started = threading.Thread(target=call, args=args, daemon=True)  # type: ignore[arg-type]
    started.start()
    return started


def test_what_is_there_is_sent_without_a_pause() -> None:
    server = Steps()
    stream = Stream(server.environ)
    stream.put(b"a")
    stream.put(b"b")
    stream.end()
    assert server.serve(stream).rest() == [b"a", b"b"]
    assert server.steps == 3


def test_pauses_while_empty_and_is_woken_by_a_chunk() -> None:
    server = Steps()
    stream = Stream(server.environ)
    server.serve(stream)
    assert server.step() == b""
    assert server.parked
    assert stream.offer(b"a")
    assert not server.parked
    assert server.step() == b"a"


def test_empty_chunks_are_not_handed_on() -> None:
    server = Steps()
    stream = Stream(server.environ)
    stream.put(b"")
    stream.put(b"a")
    assert server.serve(stream).step() == b"a"


def test_offer_tells_whether_there_is_room() -> None:
    server = Steps()
    stream = Stream(server.environ, maxsize=2)
    assert [stream.offer(b"x") for _ in range(3)] == [True, True, False]
    assert server.serve(stream).step() == b"x"
    assert stream.offer(b"x")


def test_put_waits_for_room() -> None:
    server = Steps()
    stream = Stream(server.environ, maxsize=1)
    stream.put(b"a")
    with pytest.raises(TimeoutError):
        stream.put(b"b", timeout=0.05)
    waiting = thread(stream.put, b"b")
    waiting.join(0.05)
    assert waiting.is_alive()
    assert server.serve(stream).next_chunk() == b"a"
    assert server.next_chunk() == b"b"
    waiting.join(5)
    assert not waiting.is_alive()


def test_on_room_is_called_once_when_there_is_room_or_nobody_reads() -> None:
    server = Steps()
    stream = Stream(server.environ, maxsize=1)
    calls: list[str] = []
    stream.on_room(lambda: calls.append("at once"))
    stream.put(b"a")
    stream.on_room(lambda: calls.append("later"))
    assert calls == ["at once"]
    server.serve(stream).step()
    assert calls == ["at once", "later"]
    stream.put(b"b")
    server.step()
    stream.put(b"c")
    stream.on_room(lambda: calls.append("closed"))
    stream.close()
    assert calls == ["at once", "later", "closed"]


def test_close_calls_back_once_and_wakes_producers() -> None:
    server = Steps()
    stream = Stream(server.environ, maxsize=1)
    stream.put(b"a")
    calls: list[str] = []
    errors: list[BaseException] = []

    def produce() -> None:
        try:
            stream.put(b"b")
        except Closed as error:
            errors.append(error)

    def fail() -> None:
        calls.append("first")
        raise RuntimeError("of the callback")

    waiting = thread(produce)
    stream.on_close(fail)
    stream.on_close(lambda: calls.append("second"))
    with pytest.raises(RuntimeError, match="of the callback"):
        stream.close()
    stream.close()
    waiting.join(5)
    assert calls == ["first", "second"]
    assert len(errors) == 1
    assert stream.closed and not stream.offer(b"c")
    stream.on_close(lambda: calls.append("late"))
    assert calls[-1] == "late"


def test_an_exception_follows_the_chunks_before_it() -> None:
    server = Steps()
    stream = Stream(server.environ)
    stream.put(b"a")
    stream.fail(LookupError("of the producer"))
    assert server.serve(stream).step() == b"a"
    with pytest.raises(LookupError, match="of the producer"):
        server.step()


def test_what_a_stream_refuses() -> None:
    stream = Stream({})
    with pytest.raises(TypeError):
        stream.put("text")  # type: ignore[arg-type]
    stream.end()
    with pytest.raises(ValueError, match="ended"):
        stream.put(b"a")
    for wrong in ({"maxsize": 0}, {"heartbeat": 1.0}, {"heartbeat": 0.0, "beat": b"x"}):
        with pytest.raises(ValueError):
            Stream({}, **wrong)


def test_feed_stops_and_closes_its_generator_when_the_client_leaves() -> None:
    stream = Stream(Steps().environ, maxsize=1)
    ended: list[str] = []

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"x"
        finally:
            ended.append("closed")

    feeding = thread(stream.feed, endless())
    time.sleep(0.02)
    assert feeding.is_alive()
    stream.close()
    feeding.join(5)
    assert ended == ["closed"]


def test_feed_hands_on_an_exception() -> None:
    server = Steps()
    stream = Stream(server.environ)

    def failing() -> Iterator[bytes]:
        yield b"a"
        raise LookupError("of the generator")

    thread(stream.feed, failing()).join(5)
    assert server.serve(stream).step() == b"a"
    with pytest.raises(LookupError):
        server.step()


def test_heartbeat_after_silence_only() -> None:
    server = Steps(call_later=True)
    stream = Stream(server.environ, heartbeat=0.05, beat=b"beat")
    server.serve(stream)
    assert server.step() == b""
    server.armed[-1][1]()
    time.sleep(0.06)
    assert server.step() == b"beat"
    assert server.step() == b""
    stream.put(b"a")
    assert server.step() == b"a"
    server.step()
    assert server.parked
    assert 0.04 < server.armed[-1][0] <= 0.05
    assert len(server.armed) == 1


@pytest.mark.parametrize("swallow", [False, True])
def test_no_chunk_is_late_or_lost(swallow: bool) -> None:
    """C79, C52: a producer at random times against the steps."""
    server = Steps()
    count = 2000
    stream = Stream(server.environ, maxsize=3)

    def produce() -> Iterator[bytes]:
        for n in range(count):
            if random.random() < 0.1:
                time.sleep(random.random() * 0.0005)
            yield b"%d" % n

    thread(stream.feed, produce())
    chunks = list(swallowing(stream)) if swallow else server.serve(stream).rest()
    assert chunks == [b"%d" % n for n in range(count)]


def test_many_producers() -> None:
    server = Steps()
    stream = Stream(server.environ, maxsize=2)

    def produce(n: int) -> None:
        for _ in range(200):
            stream.put(b"%d" % n)

    producers = [thread(produce, n) for n in range(5)]

    def end() -> None:
        for producer in producers:
            producer.join()
        stream.end()

    thread(end)
    chunks = server.serve(stream).rest()
    assert sorted(chunks) == sorted(b"%d" % n for n in range(5) for _ in range(200))


def test_without_the_key_it_blocks_and_notices_a_client_that_left() -> None:
    server = Steps()
    del server.environ["wsgi.pause_output"]
    stream = Stream(server.environ, heartbeat=0.05, beat=b"beat")
    assert next(stream) == b"beat"
    after(0.05, lambda: stream.put(b"a"))
    quiet = Stream(server.environ)
    server.reason = "half-closed"
    assert list(quiet) == []


def test_a_stream_that_is_let_go_is_collected() -> None:
    """P13, and no cycle is needed to hold a stream and its event together."""
    server = Steps()
    stream = Stream(server.environ, heartbeat=10, beat=b"x")
    server.serve(stream).step()
    known = weakref.ref(stream)
    stream.close()
    server.serve(())
    del stream
    gc.collect()
    assert known() is None
