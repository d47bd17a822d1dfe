"""Serving for real: JVM, CPython and server in one process."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from tests.running import HELLO, Running
from tests.support import ROOT


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Builds the server once, not within the time that a test has for its start."""
    subprocess.run([ROOT / "pausa", "--python", sys.executable, "--version"], check=True, stdout=subprocess.DEVNULL)


def pythons() -> list[str]:
    """The interpreters on PATH by version, as far as they run (a pyenv shim may stand for none)."""
    found = [path for minor in range(10, 15) if (path := shutil.which(f"python3.{minor}"))]
    works = [p for p in found if subprocess.run([p, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0]
    return [sys.executable, *works]


@pytest.mark.parametrize("python", pythons())
def test_hello_on_each_python(tmp_path: Path, python: str) -> None:
    with Running(tmp_path, command=(str(ROOT / "pausa"), "--python", python)) as server:
        assert server.get() == "Hello, world!"
        assert server.stop() == (0, "atexit ran\n")
        lines = server.log.read_text().splitlines()
    assert all("[INFO]" in line for line in lines), lines
    assert lines[-1].endswith("atexit on stderr")


def test_ctrl_c_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execv(ROOT / "pausa", ["pausa", "--python", sys.executable, "-b", "127.0.0.1:0", "hello:app"])
    seen = b""
    while b"Press Ctrl+C to stop" not in seen:
        seen += os.read(terminal, 4096)
    os.write(terminal, b"\x03")
    try:
        while piece := os.read(terminal, 4096):
            seen += piece
    except OSError:
        pass  # Linux: the other side of the terminal is gone
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"\x1b[32mINFO" in seen
    assert b"Handling signal: SIGINT" in seen
    assert b"atexit ran" in seen


SLOW = """
import os, time
def app(environ, start_response):
    os.write(2, b"begun\\n")
    time.sleep(float(environ["QUERY_STRING"]))
    start_response("200 OK", [])
    return [b"done"]
"""


def test_a_running_request_is_finished(tmp_path: Path) -> None:
    with Running(tmp_path, app=SLOW) as server:
        answers: list[str] = []
        client = threading.Thread(target=lambda: answers.append(server.get("/?1")))
        client.start()
        server.wait_for("begun")
        assert server.stop()[0] == 0
        client.join()
    assert answers == ["done"]


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with Running(tmp_path, app=SLOW) as server, socket.create_connection(address(server)) as client:
        client.sendall(b"GET /?60 HTTP/1.1\r\nHost: x\r\n\r\n")
        server.wait_for("begun")
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("Handling signal: SIGTERM")
        assert server.stop(signal.SIGINT)[0] == 128 + signal.SIGINT


def test_what_hangs_does_not_hold_the_end(tmp_path: Path) -> None:
    server = Running(tmp_path, "--graceful-timeout", "0.2", app=SLOW)
    with server, socket.create_connection(address(server)) as client:
        client.sendall(b"GET /?60 HTTP/1.1\r\nHost: x\r\n\r\n")
        server.wait_for("begun")
        assert server.stop()[0] == 0


def test_pid_file_and_access_log(tmp_path: Path) -> None:
    with Running(tmp_path, "--pid", "here.pid", "--access-logfile", "-") as server:
        server.wait_for("Serving")
        assert (tmp_path / "here.pid").read_text() == f"{server.process.pid}\n"
        server.get("/some?q")
        code, out = server.stop()
    assert code == 0
    assert '"GET /some?q HTTP/1.1" 200 13' in out
    assert out.endswith("atexit ran\n"), "stdout is open to the end"
    assert not (tmp_path / "here.pid").exists()


ENVIRONMENT = """
import os, subprocess, sys
def app(environ, start_response):
    child = subprocess.check_output([sys.executable, "-c", "import os; print(sorted(os.environ))"], text=True)
    start_response("200 OK", [])
    names = ("PAUSA_BUILD_CACHE", "PAUSA_JAVA_HOME", "PAUSA_LIB", "PYTHONPATH")
    here = [name for name in names if name in os.environ or name in child]
    return [f"{here} {os.environ.get('ADDED')} {os.getcwd()} {sys.path[:2]} {sys.executable}".encode()]
"""


def test_what_the_application_finds_around_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.py").write_text(ENVIRONMENT)
    options = ("--chdir", "sub", "--pythonpath", "..", "--env", "ADDED=1")
    with Running(tmp_path, *options, target="other:app") as server:
        sub = tmp_path / "sub"
        assert server.get() == f"[] 1 {sub} {[str(sub), str(tmp_path)]} {sys.executable}"
        assert server.stop()[0] == 0


def test_an_error_of_the_application(tmp_path: Path) -> None:
    with Running(tmp_path, app="def app(environ, start_response):\n    raise ValueError('boom')\n") as server:
        with pytest.raises(OSError, match="500"):
            server.get("/path?query")
        assert server.stop()[0] == 0
        log = server.log.read_text()
    assert "GET /path?query" in log
    assert f'File "{tmp_path}/hello.py", line 2, in app' in log
    assert "ValueError: boom" in log


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with Running(tmp_path, "-b", address) as server:
            assert server.end()[0] == 1
            assert f"cannot listen on {address}: Address already in use" in server.log.read_text()


def test_an_inherited_socket(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    command = [str(ROOT / "pausa"), "--python", sys.executable, "hello:app", "--bind"]
    with socket.create_server(("127.0.0.1", 0)) as listening:  # blocking, as systemd passes it
        number = listening.fileno()
        process = subprocess.Popen(
            [*command, f"fd://{number}"], cwd=tmp_path, pass_fds=[number], stderr=subprocess.DEVNULL
        )
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=30) as response:
                assert response.read() == b"Hello, world!"
        finally:
            process.terminate()
            assert process.wait(timeout=30) == 0
    done = subprocess.run([*command, "fd://77"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "pausa: --bind fd://77: no such descriptor was inherited\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("helo:app",), 1, "Did you mean hello?"),
        (("hello:ap",), 1, "It has: app"),
        (("--thread", "4", "hello:app"), 2, "--threads"),
        (("java:no.such.Class",), 1, "no class no.such.Class"),
    ],
)
def test_users_mistakes(tmp_path: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    (tmp_path / "hello.py").write_text(HELLO)
    command = [str(ROOT / "pausa"), "--python", sys.executable, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, message in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert "\tat " not in done.stderr


def test_options_of_the_users_for_the_jvm(tmp_path: Path) -> None:
    command = [str(ROOT / "pausa"), "--python", sys.executable, "hello:app"]
    environment = {**os.environ, "PAUSA_JAVA_OPTIONS": "-Xnonsense"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "pausa: the Java VM did not start: it refused an option" in done.stderr


def test_the_installed_wheel(tmp_path: Path) -> None:
    wheels = subprocess.run([ROOT / "pausa", "wheel"], check=True, capture_output=True, text=True).stdout.splitlines()
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", str(venv)], check=True)
    options = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([venv / "bin" / "python", "-m", "pip", "install", *options, *wheels], check=True)
    java = subprocess.run(
        ["sh", "-c", '. "$0/config/jdk.sh"; find_jdk && echo "$JAVA_HOME"', str(ROOT)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    for command in ([str(venv / "bin" / "pausa")], [str(venv / "bin" / "python"), "-m", "pausa"]):
        with Running(tmp_path, command=command, env={"JAVA_HOME": java}) as server:
            assert server.get() == "Hello, world!"
            assert server.stop() == (0, "atexit ran\n")


def address(server: Running) -> tuple[str, int]:
    host, port = server.url().removeprefix("http://").split(":")
    return host, int(port)
