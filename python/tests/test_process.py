"""Signals, the main thread's wait and the end of the process, with a Java made of Python threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

PYTHON = str(ROOT / "python")

# What Java does: start() begins, drain() ends after `delay` with exit code 0 and a ring.
DRIVER = """
import os, sys, threading, time, atexit
sys.path.insert(0, {python!r})
from pausa import _process
del sys.path[0]

delay, inside, target, code = {delay!r}, {inside!r}, {target!r}, None
def tell(*words): os.write(1, (" ".join(map(str, words)) + "\\n").encode())
def start(application, descriptor):
    global bell
    bell = descriptor
    tell("started", type(application).__name__)
def drain(name):
    tell("drain", name)
    threading.Thread(target=stop, daemon=True).start()
def stop():
    global code
    time.sleep(delay)
    code = {code}
    os.write(bell, b"x")
def watchdog(millis, code): tell("watchdog", code)

atexit.register(lambda: tell("atexit"))
sys.stdout.write("buffered\\n") if {buffered} else None
_process.before_jvm()
code_ = _process.serve(target, "auto", None, [], [], start, drain, lambda: code, lambda: inside, watchdog)
_process.finish(code_, lambda: tell("destroyed"))
"""


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """Ends what a test that failed has left running."""
    yield
    while STARTED:
        process = STARTED.pop()
        process.kill()
        process.communicate()


class Server:
    """A process that serves nothing; its output comes line by line."""

    def __init__(self, folder: Path, app: str | None, *, command: tuple[str, ...] = (), **settings: object) -> None:
        values: dict[str, object] = {"delay": 0.1, "inside": 0, "code": 0, "buffered": False, **settings}
        if app is not None:
            (folder / "hello.py").write_text(app)
        source = DRIVER.format(python=PYTHON, target=None if app is None else "hello:app", **values)
        self.process = subprocess.Popen(
            [*command, sys.executable, "-c", source],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        STARTED.append(self.process)

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def end(self) -> tuple[int, list[str], str]:
        out, err = self.process.communicate(timeout=15)
        return self.process.returncode, out.splitlines(), err


APP = "def app(environ, start_response): ...\n"


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_drains_and_ends_cleanly(tmp_path: Path, which: signal.Signals) -> None:
    server = Server(tmp_path, APP, buffered=True)
    assert server.read() == "started function"
    server.process.send_signal(which)
    assert server.end() == (0, [f"drain {which.name}", "watchdog 0", "destroyed", "atexit", "buffered"], "")


def test_the_exit_code_is_javas(tmp_path: Path) -> None:
    server = Server(tmp_path, APP, code=7)
    server.read()
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[0] == 7


def test_what_can_wait_is_done_once_when_the_server_has_served_for_a_while(tmp_path: Path) -> None:
    app = "import os\nfrom pausa import _process\n_process.CALM_SECONDS = 0.1\ndef app(*_): ...\n"
    app += '_process.before_jvm(lambda: os.write(1, b"calm\\n"))\n'
    server = Server(tmp_path, app)
    server.read()
    time.sleep(2.5)
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[1].count("calm") == 1


def test_the_end_is_noticed_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path, APP, delay=0.0)
    server.read()
    begun = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.end()
    assert time.monotonic() - begun < 0.9  # without the bell the wait is up to a second


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    server = Server(tmp_path, APP, delay=60)
    server.read()
    server.process.send_signal(signal.SIGTERM)
    assert server.read() == "drain SIGTERM"
    server.process.send_signal(signal.SIGINT)
    code, _, err = server.end()
    assert code == 128 + signal.SIGINT
    assert "SIGINT again" in err


def test_the_applications_handler_is_called_too(tmp_path: Path) -> None:
    app = APP + (
        "import os, signal, sys\n"
        "def mine(number, frame):\n"
        "    os.write(1, b'application told\\n')\n"
        "    sys.exit(3)\n"
        "signal.signal(signal.SIGTERM, mine)\n"
    )
    server = Server(tmp_path, app)
    server.read()
    server.process.send_signal(signal.SIGTERM)
    code, out, err = server.end()
    assert (code, err) == (0, "")
    assert out[:2] == ["drain SIGTERM", "application told"]


def test_ignored_signals_stay_ignored(tmp_path: Path) -> None:
    server = Server(tmp_path, APP, command=("nohup",))
    assert server.read() == "started function"
    server.process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    assert server.process.poll() is None
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[0] == 0


def test_a_signal_while_importing(tmp_path: Path) -> None:
    server = Server(tmp_path, "import os, time\nos.write(1, b'importing\\n')\ntime.sleep(60)\n")
    assert server.read() == "importing"
    server.process.send_signal(signal.SIGTERM)
    code, out, err = server.end()
    assert code == 128 + signal.SIGTERM
    assert "SIGTERM while starting" in err
    assert "started" not in out


def test_a_non_daemon_thread_does_not_hold_the_end(tmp_path: Path) -> None:
    app = APP + "import threading\nthreading.Thread(target=threading.Event().wait, name='stubborn').start()\n"
    server = Server(tmp_path, app, buffered=True)
    server.read()
    server.process.send_signal(signal.SIGTERM)
    code, out, err = server.end()
    assert code == 0
    assert out[-2:] == ["atexit", "buffered"]
    assert "destroyed" not in out
    assert "stubborn" in err


def test_a_worker_inside_python_does_not_hold_the_end(tmp_path: Path) -> None:
    server = Server(tmp_path, APP, inside=1)
    server.read()
    server.process.send_signal(signal.SIGTERM)
    code, out, err = server.end()
    assert (code, out[-1]) == (0, "atexit")
    assert "destroyed" not in out
    assert "requests still run: 1" in err


def test_a_forked_child_has_pythons_own_handlers(tmp_path: Path) -> None:
    app = APP + (
        "import multiprocessing, os, time\n"
        "def work(): time.sleep(60)\n"
        "def try_it():\n"
        "    child = multiprocessing.get_context('fork').Process(target=work)\n"
        "    child.start(); child.terminate(); child.join()\n"
        "    os.write(1, f'child {child.exitcode}\\n'.encode())\n"
        "try_it()\n"
    )
    server = Server(tmp_path, app)
    assert [server.read(), server.read()] == [f"child {-signal.SIGTERM}", "started function"]
    server.process.send_signal(signal.SIGTERM)
    assert server.end()[:2] == (0, ["drain SIGTERM", "watchdog 0", "destroyed", "atexit"])


@pytest.mark.parametrize(
    ("app", "code", "message"),
    [
        ("1/0\n", 1, 'hello.py", line 1, in <module>'),
        ("def app(:\n", 1, "SyntaxError"),
        ("import nowhere\n", 1, "No module named 'nowhere'"),
        ("import sys; sys.exit(5)\n", 5, "ended the program while it was imported"),
        ("raise KeyboardInterrupt\n", 128 + signal.SIGINT, "SIGINT while starting"),
        ("aplication = 1\n", 1, "no attribute 'app'"),
        ("app = 1\n", 1, "not callable"),
    ],
)
def test_applications_that_cannot_be_loaded(tmp_path: Path, app: str, code: int, message: str) -> None:
    found, out, err = Server(tmp_path, app).end()
    assert found == code
    assert message in err
    assert "started" not in out
    assert "pausa/_" not in err, "our own frames are no use to the user"


def test_what_the_application_sees(tmp_path: Path) -> None:
    app = APP + (
        "import os, sys\n"
        "seen = sys.argv, sys.path[0] == os.getcwd(), '' in sys.path\n"
        "os.write(1, f'{seen}\\n'.encode())\n"
    )
    server = Server(tmp_path, app)
    assert server.read() == "(['pausa', 'hello:app'], True, False)"
