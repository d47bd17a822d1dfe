"""A server that runs as users run it: ``./pausa`` in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from tests.support import ROOT

HELLO = """
import atexit, sys
atexit.register(print, "atexit ran")
atexit.register(print, "[INFO] atexit on stderr", file=sys.stderr)

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello, world!"]
"""


class Running:
    """Starts a command that serves on a port that the system chooses; killed at the end of the ``with``."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        app: str = HELLO,
        target: str = "hello:app",
        command: Sequence[str] = (str(ROOT / "pausa"), "--python", sys.executable),
        env: Mapping[str, str] | None = None,
    ) -> None:
        (folder / "hello.py").write_text(app)
        self.log = folder / "stderr.txt"
        self.out = folder / "stdout.txt"
        with self.log.open("w") as err, self.out.open("w") as out:
            self.process = subprocess.Popen(
                [*command, "-b", "127.0.0.1:0", *options, target],
                cwd=folder,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def __enter__(self) -> Running:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def url(self) -> str:
        """Waits for the banner and returns the address in it."""
        return self.wait_for(r"Listening at: (http://\S+)")[1]

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Waits until the log has this."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.log.read_text()):
                return found
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(f"{pattern} is not in the log:\n{self.log.read_text()}")

    def get(self, path: str = "/") -> str:
        with urllib.request.urlopen(self.url() + path, timeout=30) as response:
            return str(response.read().decode())

    def stop(self, which: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Sends a signal; returns the exit code and what was on stdout."""
        self.process.send_signal(which)
        return self.end()

    def end(self) -> tuple[int, str]:
        code = self.process.wait(timeout=30)
        return code, self.out.read_text()
