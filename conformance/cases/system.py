"""Applications that use the system as applications do: processes, forks, signals, threads; context and thread rules."""

from __future__ import annotations

import atexit
import contextvars
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

from conformance.cases.recorder import Body, Environ, StartResponse, of, query, watch
from conformance.cases.tools import TEXT, after, pause, route

IMPORTED: contextvars.ContextVar[str] = contextvars.ContextVar("IMPORTED", default="default")
IMPORTED.set("at import")
MINE: contextvars.ContextVar[str] = contextvars.ContextVar("MINE", default="default")
LOCAL = threading.local()


@route("p37")
def p37(environ: Environ, start_response: StartResponse) -> Body:
    """Every task of the request runs in one context, a copy of the importing one."""
    events = of(environ)
    events.note("imported", IMPORTED.get())
    IMPORTED.set("changed")
    MINE.set("in step 0")
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        events.note("step-one", MINE.get())
        resume = pause(environ)

        def timer() -> None:
            events.note("timer", MINE.get())
            MINE.set("in timer")
            resume()

        environ["pausa.call_later"](0.05, timer)
        yield b""
        events.note("after-timer", MINE.get())
        yield b"data"

    class Closing:
        def __iter__(self) -> Iterator[bytes]:
            return body()

        def close(self) -> None:
            events.note("closing", MINE.get())

    return watch(environ, Closing())


@route("p38")
def p38(environ: Environ, start_response: StartResponse) -> Body:
    """Five chunks, parked after the second and the fourth."""
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        for n in range(5):
            if n in (1, 3):
                after(0.02, pause(environ))
            yield b"%d" % n

    return watch(environ, body())


@route("p39")
def p39(environ: Environ, start_response: StartResponse) -> Body:
    """Counts the requests of this thread in a thread-local."""
    LOCAL.count = getattr(LOCAL, "count", 0) + 1
    start_response("200 OK", TEXT)
    return [b"%d" % LOCAL.count]


def _double(number: int) -> int:
    return 2 * number


def _subprocess() -> str:
    finished = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True)
    return finished.stdout.strip()


def _system() -> str:
    return str(os.waitstatus_to_exitcode(os.system("exit 42")))


def _pool(method: str) -> str:
    with multiprocessing.get_context(method).Pool(1) as pool:
        return str(pool.apply(_double, (21,)))


def _executor() -> str:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return str(executor.submit(_double, 21).result(timeout=30))


def _terminate() -> str:
    process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    process.start()
    process.terminate()
    process.join(10)
    return f"{process.exitcode}"


def _fork() -> str:
    child = os.fork()
    if child == 0:
        os._exit(42)
    return str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _daemon() -> str:
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    return "42"


def _thread() -> str:
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(_double(21)))
    thread.start()
    thread.join()
    return str(results[0])


def _faulthandler() -> str:
    faulthandler.disable()
    faulthandler.enable()
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback(nowhere)
    return "42" if faulthandler.is_enabled() else "disabled"


def _signal_elsewhere() -> str:
    """Outside the main thread signal.signal raises, as everywhere."""
    try:
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    except ValueError:
        return "42"
    return "no ValueError"


def _recursion() -> str:
    def descend() -> None:
        descend()

    try:
        descend()
    except RecursionError:
        return "42"
    return "no RecursionError"


OPERATIONS: dict[str, Callable[[], str]] = {
    "subprocess": _subprocess,
    "system": _system,
    "pool-fork": lambda: _pool("fork"),
    "pool-spawn": lambda: _pool("spawn"),
    "pool-forkserver": lambda: _pool("forkserver"),
    "executor": _executor,
    "fork": _fork,
    "daemon": _daemon,
    "thread": _thread,
    "faulthandler": _faulthandler,
    "signal": _signal_elsewhere,
    "recursion": _recursion,
    "terminate": _terminate,
}


@route("system")
def system(environ: Environ, start_response: StartResponse) -> Body:
    """Performs ``?do=``; 42 is the answer."""
    answer = OPERATIONS[query(environ)["do"]]()
    start_response("200 OK", TEXT)
    return [answer.encode()]


@route("forked-resume")
def forked_resume(environ: Environ, start_response: StartResponse) -> Body:
    """P9: in a forked child resume returns False, and in the parent the epoch stays open."""
    events = of(environ)
    start_response("200 OK", TEXT)

    def body() -> Iterator[bytes]:
        resume = pause(environ)
        child = os.fork()
        if child == 0:
            os._exit(1 if resume() else 42)
        events.note("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        events.note("pending", resume.pending)
        after(0.1, events.resume("resumed", resume))
        yield b""
        yield b"data"

    return watch(environ, body())


@route("version")
def version(environ: Environ, start_response: StartResponse) -> Body:
    start_response("200 OK", TEXT)
    return [".".join(map(str, sys.version_info[:2])).encode(), b" ", sys.executable.encode()]


def _tell(what: str) -> None:
    os.write(2, f"application {what} in {os.getpid()}\n".encode())


# Not in a spawned child, which imports this module too and must die of Pool.terminate().
if os.environ.get("PAUSA_TEST_HANDLERS") and multiprocessing.parent_process() is None:
    signal.signal(signal.SIGTERM, lambda *_: _tell("saw SIGTERM"))
    atexit.register(_tell, "ran atexit")
