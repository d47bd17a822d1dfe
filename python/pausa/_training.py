"""Makes the JVM's AOT cache: serves an application of its own under some load and has Java keep what it learnt.

A process of its own, started by ``_aot``: ``main`` with ``now`` or ``later``, the cache's file, the Java and the jars.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pausa import _aot

CONNECTIONS = 16
ROUNDS = 600
"""Rounds of one request on each connection: enough for the compiler to want each method of the ways that they go."""

SECONDS = 180
"""How long a step of the training may take, on a machine that does other things, too."""

OLD_SECONDS = 30 * 24 * 3600
"""A cache that has not been used for so long is deleted when another one is made."""

ROOM = 1 << 30
"""Bytes of memory that have to be free for a training that nobody asked for; it takes a quarter of that."""

REQUESTS = ("/", "/", "/", "/", "/chunks", "/pause", "/echo", "/upload", "/file", "/?q=%20a&b=c")
_HEADERS = {"Accept": "text/html,*/*;q=0.8", "User-Agent": "Mozilla/5.0", "Cookie": "a=b; c=d", "Accept-Language": "en"}

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Failure(Exception):
    """The cache could not be made; the message says why."""


def main() -> None:
    """Makes the file that the command line names. Exits with 1 if that failed."""
    when, *paths = sys.argv[1:]
    file, java_home, lib = map(Path, paths)
    if when == "later":
        if os.fork():
            os._exit(0)
        os.nice(19)
        _first_to_go()
        if _room() < ROOM:
            return
    try:
        made = make(file, java_home, lib)
    except (Failure, OSError) as failure:
        print(f"pausa: the AOT cache could not be made: {failure}", file=sys.stderr)
        sys.exit(1)
    print(f"pausa: {file} {'is made' if made else 'is being made by another process'}")


def make(file: Path, java_home: Path, lib: Path) -> bool:
    """Makes the cache, whole or not at all; returns whether, ``False`` if another process is at it.

    Raises ``Failure``, whose cause is then kept beside the file, and ``OSError``.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(file.with_suffix(".lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _tidy(file)
        with tempfile.TemporaryDirectory(prefix="training-", dir=file.parent) as folder:
            made = Path(folder, "cache")
            try:
                _train(Path(folder), made, java_home, lib)
            except (Failure, OSError, http.client.HTTPException) as failure:
                shutil.copyfile(_log(Path(folder)), file.with_suffix(".log"))
                raise Failure(f"{failure}; see {file.with_suffix('.log')}") from failure
            made.chmod(0o600)
            made.replace(file)
    return True


def _train(folder: Path, made: Path, java_home: Path, lib: Path) -> None:
    _log(folder).touch()
    recorded = f"-XX:AOTConfiguration={folder / 'recorded'}"
    server = _server(folder, java_home, lib, "-XX:AOTMode=record", recorded)
    try:
        _load(_port(folder, server))
        server.send_signal(signal.SIGTERM)
        _ended(server, "the server")
        if not (folder / "recorded").exists():
            raise Failure("this Java recorded nothing")
        server = _server(folder, java_home, lib, "-XX:AOTMode=create", recorded, f"-XX:AOTCache={made}")
        _ended(server, "Java")
        if not made.exists():
            raise Failure("this Java made no cache")
    finally:
        server.kill()
        server.wait()


def _server(folder: Path, java_home: Path, lib: Path, *options: str) -> subprocess.Popen[bytes]:
    """Starts a server with these options of the JVM, and none of the user's."""
    environ = {name: value for name, value in os.environ.items() if name not in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")}
    environ |= {"PAUSA_JAVA_HOME": str(java_home), "PAUSA_LIB": str(lib), _aot.VARIABLE: "off"}
    environ["PAUSA_JAVA_OPTIONS"] = shlex.join(options)
    command = [sys.executable, "-I", "-c", _aot.START.format("_launcher"), str(Path(__file__).parent.parent)]
    with _log(folder).open("ab") as log:
        return subprocess.Popen(
            [*command, "--bind", "127.0.0.1:0", f"{__name__}:app"],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _log(folder: Path) -> Path:
    return folder / "log"


def _port(folder: Path, server: subprocess.Popen[bytes]) -> int:
    """Waits until the server has told where it listens."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", _log(folder).read_text()):
            return int(found[1])
        time.sleep(0.05)
    raise Failure("the server did not start")


def _ended(process: subprocess.Popen[bytes], what: str) -> None:
    try:
        code = process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise Failure(f"{what} did not end") from None
    if code != 0:
        raise Failure(f"{what} ended with {code}")


def _load(port: int) -> None:
    """Sends requests of each kind, on several connections at a time."""
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS) for _ in range(CONNECTIONS)]
    deadline = time.monotonic() + SECONDS
    for number in range(ROUNDS):
        for i, connection in enumerate(connections):
            _send(connection, REQUESTS[(number + i) % len(REQUESTS)])
        for connection in connections:
            if connection.getresponse().read() == b"":
                raise Failure("the server gave an empty answer")
        if time.monotonic() > deadline:
            break  # a slow machine: what has been learnt will do
    for connection in connections:
        connection.close()
    for request in (
        b"GET /missing HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /error HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), SECONDS) as client:
            client.sendall(request)
            client.recv(65536)


def _send(connection: http.client.HTTPConnection, path: str) -> None:
    if path == "/echo":
        connection.request("POST", path, b"x" * 1024, _HEADERS)
    elif path == "/upload":
        connection.request("POST", path, iter((b"x" * 512, b"y" * 4096)), _HEADERS, encode_chunked=True)
    else:
        connection.request("GET", path, headers=_HEADERS)


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What is served meanwhile."""
    path, headers = environ["PATH_INFO"], [("Content-Type", "text/plain")]
    if path == "/error":
        raise RuntimeError("an error for the training")
    if path == "/file":
        start_response("200 OK", headers)
        return environ["wsgi.file_wrapper"](open(__file__, "rb"))  # type: ignore[no-any-return]
    if path in ("/echo", "/upload"):
        body = environ["wsgi.input"].read()
        start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]
    if path == "/chunks":
        start_response("200 OK", headers)
        return (b"a chunk" for _ in range(20))
    if path == "/pause":
        start_response("200 OK", headers)
        return _paused(environ)
    status = "404 Not Found" if path == "/missing" else "200 OK"
    start_response(status, [*headers, ("Content-Length", "12")])
    return [b"Hello world\n"]


def _paused(environ: dict[str, Any]) -> Iterator[bytes]:
    yield b"first"
    environ["pausa.call_later"](0.001, environ["wsgi.pause_output"]())
    yield b""
    yield b"second"


def _tidy(file: Path) -> None:
    """Deletes what nobody has used for long, and the folders of trainings that were killed."""
    for path in file.parent.glob("*.aot"):
        if path.stat().st_atime < time.time() - OLD_SECONDS:
            path.unlink(missing_ok=True)
    for path in file.parent.glob("training-*"):
        if path.stat().st_mtime < time.time() - 10 * SECONDS:
            shutil.rmtree(path, ignore_errors=True)
    file.with_suffix(".log").unlink(missing_ok=True)


def _first_to_go() -> None:
    """Has the kernel end this process and its children, rather than the server, should memory run out."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:
        pass


def _room() -> int:
    """The bytes of memory that the machine, or the container, has left; what cannot be read is no bound."""
    bounds = []
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            bounds.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):
            pass  # not there, or "max"
    try:
        found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
        bounds += [int(found[1]) * 1024] if found else []
    except OSError:
        pass
    return min(bounds, default=ROOM)
