"""This process while it serves: signals, the main thread's wait, the end.

Signals are Python's, installed after the JVM. The main thread imports the application and then waits in Python, on a
pipe that signals and Java ring; everything else happens in Java's threads, which are daemons.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading  # in the main thread before there are others: the first to import it passes for the main one
import time
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TextIO

if TYPE_CHECKING:
    from pausa._interface import Served

WATCHDOG_MILLIS = 3000
"""How long the end may take before Java halts the process."""

JOIN_SECONDS = 1.0
"""How long the end waits for the application's non-daemon threads, and for calls of others into Java."""

CALM_SECONDS = 5.0
"""How long a server has served before it does what can wait, so that neither its start nor a short test is slowed."""

Handler = Callable[[int, "FrameType | None"], Any]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ignored: frozenset[int] = frozenset()
_java: Java | None = None
_when_calm: Callable[[], None] | None = None


class Java(NamedTuple):
    """What Python calls in Java. None of these waits; any thread may call them."""

    start: Callable[[Any, int], None]
    """Starts serving the application (``None``: the one in Java). Java writes a byte to the descriptor when done."""
    drain: Callable[[str], None]
    """Begins a graceful stop because of the signal with this name."""
    outcome: Callable[[], int | None]
    """The exit code once everything has stopped, ``None`` before."""
    inside: Callable[[], int]
    """How many of the worker's threads are inside Python."""
    watchdog: Callable[[int, int], None]
    """After so many milliseconds: halts the process with this exit code."""


def before_jvm(when_calm: Callable[[], None] | None = None) -> None:
    """Notes which signals are ignored (``nohup``): they stay so. Called before the JVM changes the handlers.

    ``when_calm`` is called by the main thread when the server has served for some seconds; not by one that ends before.
    """
    global _ignored, _when_calm
    _when_calm = when_calm
    _ignored = frozenset(s for s in _SIGNALS if signal.getsignal(s) is signal.SIG_IGN)


def executable() -> str:
    """Returns the path of the interpreter."""
    return sys.executable


def say(text: str) -> None:
    """Prints a line for the user to stderr, if there is one."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (AttributeError, ValueError, OSError):
        pass  # closed: there is nobody to tell


def serve(
    target: str | None,
    interface: str,
    chdir: str | None,
    pythonpath: list[str],
    env: list[str],
    start: Callable[[Any, int], None],
    drain: Callable[[str], None],
    outcome: Callable[[], int | None],
    inside: Callable[[], int],
    watchdog: Callable[[int, int], None],
) -> int:
    """Imports the application, has Java serve it, waits until that has ended and returns the exit code.

    Called by Java's command in the main thread. ``target`` is ``None`` for an application in Java; ``interface`` is
    ``auto``, ``wsgi`` or ``asgi``; ``env`` holds ``KEY=VALUE``.
    """
    global _java
    _java = Java(start, drain, outcome, inside, watchdog)
    signals = _Signals(_java)
    try:
        served = None if target is None else _load(target, interface, chdir, pythonpath, env)
        signals.chain()
        if signals.first is not None:
            raise _Interrupted(signals.first)
        # Before, not after: what a signal drains from here on is Java's matter, started or not.
        signals.started = True
        start(None if served is None else served.wsgi, signals.descriptor)
    except _NotLoaded as failure:
        return failure.code
    except _Interrupted as interrupted:
        say(f"pausa: {interrupted.signal.name} while starting")
        return 128 + interrupted.signal
    calm, when_calm = time.monotonic() + CALM_SECONDS, _when_calm
    while (code := outcome()) is None:
        signals.wait()
        if when_calm is not None and time.monotonic() > calm and signals.first is None:
            when_calm()
            when_calm = None
    if served is not None:
        served.close()
    return code


def finish(code: int, destroy_jvm: Callable[[], None]) -> NoReturn:
    """Ends the process with this exit code: ``atexit`` runs, buffers are flushed, whatever still runs.

    Called in the main thread when nothing is served any more.
    """
    inside = 0
    if _java is not None:
        _java.watchdog(WATCHDOG_MILLIS, code)
        inside = _java.inside()
    threads = [t for t in threading.enumerate() if not t.daemon and t is not threading.main_thread()]
    bridge = sys.modules.get("pausa._bridge")
    # A resume is called and collected safely without a JVM (P35).
    disconnected = bridge is None or bridge.disconnect(JOIN_SECONDS)
    if not threads and inside == 0 and disconnected:
        destroy_jvm()
        sys.exit(code)
    # Joins the threads as Python's own end would, but with a deadline.
    helper = threading.Thread(target=threading._shutdown, daemon=True)  # type: ignore[attr-defined]
    helper.start()
    helper.join(JOIN_SECONDS)
    left = [t.name for t in threads if t.is_alive()]
    if left:
        say(f"pausa: ended although threads of the application still run: {', '.join(left)}")
    if inside:
        say(f"pausa: ended although requests still run: {inside}")
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        _flush(stream)
    os._exit(code)


class _Interrupted(BaseException):
    """A signal to stop came before the server had started."""

    def __init__(self, which: signal.Signals) -> None:
        super().__init__(which)
        self.signal = which


class _NotLoaded(Exception):
    """The application could not be loaded; the user has been told why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Signals:
    """The handlers of SIGINT, SIGTERM and SIGHUP: the first signal drains, the second ends the process at once."""

    def __init__(self, java: Java) -> None:
        """Installs the handlers. Called in the main thread, after the JVM has installed its own."""
        self.first: signal.Signals | None = None
        self.started = False
        self._drain = java.drain
        self._users: dict[int, Handler] = {}
        self._mine = [s for s in _SIGNALS if s not in _ignored]
        self._read, self.descriptor = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self.descriptor, False)
        self._poll = select.poll()
        self._poll.register(self._read, select.POLLIN)
        signal.set_wakeup_fd(self.descriptor, warn_on_full_buffer=False)
        self._handler = self._on_signal  # one object: a bound method is a new one each time
        for s in self._mine:
            signal.signal(s, self._handler)
        self._mask = threading.local()
        os.register_at_fork(
            before=self._before_fork,
            after_in_parent=self._after_fork,
            after_in_child=self._after_fork_in_child,
        )

    def chain(self) -> None:
        """Takes the signals back from the application, whose handlers are called after ours from now on."""
        signal.set_wakeup_fd(self.descriptor, warn_on_full_buffer=False)
        for s in self._mine:
            handler = signal.getsignal(s)
            if handler is not self._handler:
                if callable(handler) and handler is not signal.default_int_handler:
                    self._users[s] = handler
                signal.signal(s, self._handler)

    def wait(self) -> None:
        """Waits until a signal came, Java rang, or a second went by."""
        if self._poll.poll(1000):
            try:
                os.read(self._read, 4096)
            except BlockingIOError:
                pass

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        which = signal.Signals(number)
        if self.first is not None:
            os.write(2, f"pausa: {which.name} again: ended at once\n".encode())
            os._exit(128 + number)
        self.first = which
        if not self.started:
            raise _Interrupted(which)
        self._drain(which.name)
        user = self._users.get(number)
        if user is not None:
            try:
                user(number, frame)
            except SystemExit:
                pass  # it wants the process to end, and that is under way
            except Exception:  # noqa: BLE001 - the application's code
                traceback.print_exc()

    def _before_fork(self) -> None:
        # A signal for the child that comes before it has its own handlers has to wait, or it is lost.
        self._mask.before = signal.pthread_sigmask(signal.SIG_BLOCK, self._mine)

    def _after_fork(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask.before)

    def _after_fork_in_child(self) -> None:
        # The child has no server: neither our handlers nor the parent's pipe are its own.
        signal.set_wakeup_fd(-1)
        for s in self._mine:
            if signal.getsignal(s) is self._handler:
                signal.signal(s, signal.default_int_handler if s == signal.SIGINT else signal.SIG_DFL)
        self._after_fork()


def _load(target: str, interface: str, chdir: str | None, pythonpath: list[str], env: list[str]) -> Served:
    """Returns the application that ``target`` names. Raises ``_NotLoaded`` after telling the user why."""
    for item in env:
        key, _, value = item.partition("=")
        os.environ[key] = value
    if chdir is not None:
        try:
            os.chdir(chdir)
        except OSError as error:
            say(f"pausa: --chdir {chdir}: {error.strerror}")
            raise _NotLoaded(1) from None
    # As for a script, the folder of the program comes first: here that is the working directory.
    if sys.path[0] == "":
        del sys.path[0]
    sys.path[:0] = [os.getcwd(), *(os.path.abspath(folder) for folder in pythonpath)]
    sys.argv = ["pausa", target]
    from pausa import _bridge, _interface

    _interface.offer_wsgi_pause()
    try:
        return _interface.Served(_bridge.load(target), interface)
    except (_bridge.LoadError, _interface.InterfaceError) as error:
        say(f"pausa: {error}")
        raise _NotLoaded(1) from None
    except SystemExit as error:
        say(f"pausa: the application {target} ended the program while it was imported: {error!r}")
        _print_traceback(error, _bridge.own_frames_removed)
        raise _NotLoaded(error.code if isinstance(error.code, int) and error.code else 1) from None
    except KeyboardInterrupt:
        raise _Interrupted(signal.SIGINT) from None
    except Exception as error:  # noqa: BLE001 - the application's code
        say(f"pausa: the application {target} could not be imported:")
        _print_traceback(error, _bridge.own_frames_removed)
        raise _NotLoaded(1) from None


def _print_traceback(error: BaseException, own_frames_removed: Callable[..., TracebackType | None]) -> None:
    """Prints the traceback as Python does, from the first frame that is the application's."""
    tb = error.__traceback__
    tb = own_frames_removed(tb.tb_next if tb is not None else None)
    traceback.print_exception(type(error), error.with_traceback(tb), tb)
    _flush(sys.stderr)


def _flush(stream: TextIO | None) -> None:
    try:
        if stream is not None:
            stream.flush()
    except (ValueError, OSError):
        pass  # closed
