"""The servers that the same applications run on, each as a process."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = "tests_pause.apps:app"

WSGIREF = """
import socketserver, sys
from wsgiref.simple_server import WSGIServer, WSGIRequestHandler, make_server
from wsgiref.validate import validator
from tests_pause.apps import app

class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 100

server = make_server("127.0.0.1", 0, validator(app), Threaded)
print("Listening at: http://127.0.0.1:%d" % server.server_port, file=sys.stderr, flush=True)
server.serve_forever()
"""

COMMANDS = {
    "wsgiref": [sys.executable, "-c", WSGIREF],
    "gunicorn": [
        *(sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "--graceful-timeout", "1"),
        *("-b", "127.0.0.1:0", APP),
    ],
    "waitress": [
        sys.executable,
        "-m",
        "waitress",
        "--listen=127.0.0.1:0",
        "--threads=8",
        "--outbuf-high-watermark=1048576",
        APP,
    ],
    "uwsgi": [
        str(Path(sys.executable).with_name("uwsgi")),
        *("--http-socket", "127.0.0.1:0", "--threads", "8", "--need-app", "--die-on-term", "--module", APP),
    ],
    "pausa": ["./pausa", "--python", sys.executable, "--threads", "2", "-b", "127.0.0.1:0", APP],
    "pausa without pauses": [
        *("./pausa", "--python", sys.executable, "--threads", "8", "--no-pause", "-b", "127.0.0.1:0", APP)
    ],
}
"""The last but one can pause; the others hold a thread for each response."""

_BOUND = re.compile(r"(?:Listening at: |Serving on |bound to TCP address )(?:http://)?127\.0\.0\.1:(\d+)")


class Server:
    """A running server; `stop` it."""

    def __init__(self, name: str, folder: Path, app: str = APP) -> None:
        self.name = name
        self.pauses = name == "pausa"
        self.log_path = folder / f"{name.replace(' ', '-')}.log"
        path = os.pathsep.join(filter(None, (str(ROOT / "python"), os.environ.get("PYTHONPATH"))))
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [app if argument == APP else argument for argument in COMMANDS[name]],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.port = self._bound()

    def _bound(self) -> int:
        deadline = time.monotonic() + 60
        while not (found := _BOUND.search(self.log())):
            assert self.process.poll() is None and time.monotonic() < deadline, f"did not start:\n{self.log()}"
            time.sleep(0.02)
        return int(found[1])

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def open(self, target: str, **headers: str) -> http.client.HTTPResponse:
        """The response, once its headers are there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        # So that the response owns the connection, and closes it.
        connection.request("GET", target, headers={**headers, "Connection": "close"})
        return connection.getresponse()

    def get(self, target: str, **headers: str) -> bytes:
        with self.open(target, **headers) as response:
            return response.read()

    def post(self, target: str, form: bytes) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("POST", target, form, {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def connect(self, target: str) -> socket.socket:
        """A connection on which this was requested."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
        return connection

    def noted(self, identity: str, timeout: float = 10.0) -> str:
        """What the application notes for this identity, as soon as it has."""
        deadline = time.monotonic() + timeout
        while not (found := self.get(f"/noted?id={identity}")):
            assert time.monotonic() < deadline, f"nothing was noted for {identity} in {timeout} s:\n{self.log()}"
            time.sleep(0.02)
        return found.decode()

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
