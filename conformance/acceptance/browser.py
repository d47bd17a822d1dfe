"""Chromium without a head, steered by the DevTools protocol over a pair of pipes."""

import base64
import contextlib
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from conformance.acceptance import harness

OPTIONS = [
    "--headless",
    "--no-sandbox",  # for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=900,600",
    "--remote-debugging-pipe",
]

# Chromium reads commands from descriptor 3 and writes answers to descriptor 4.
TRAMPOLINE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One process; each page has cookies and a cache of its own, as if it were another browser."""

    def __init__(self, commands: int, answers: int) -> None:
        self.commands = commands
        self.answers = answers
        self.buffer = b""
        self.number = 0

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Sends one command and waits for its answer."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data) :]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise harness.Failed(f"Chromium, {method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            data = os.read(self.answers, 1 << 16)
            if not data:
                raise harness.Failed("Chromium ended")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        decoded: dict[str, Any] = json.loads(message)
        return decoded

    def open(self, url: str) -> "Page":
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url=url, browserContextId=context)["targetId"]
        return Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.browser = browser
        self.session = session

    def evaluate(self, script: str) -> Any:
        result = self.browser.call("Runtime.evaluate", self.session, expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise harness.Failed(f"in the page: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, script: str, seconds: float) -> float:
        """Waits until the script's value is true; returns how many seconds that took."""
        began = time.monotonic()
        while not self.evaluate(script):
            if time.monotonic() - began > seconds:
                raise harness.Failed(f"not true after {seconds:g} s in the page: {script}")
            time.sleep(0.02)
        return time.monotonic() - began

    def picture(self, path: pathlib.Path) -> None:
        path.write_bytes(base64.b64decode(self.browser.call("Page.captureScreenshot", self.session)["data"]))


@contextlib.contextmanager
def chromium(profile: pathlib.Path) -> Iterator[Browser]:
    """A browser with a new profile, closed at the end."""
    program = harness.needs("chromium", "chromium")
    pipes = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for pair in (os.pipe(), os.pipe()) for end in pair]
    reads, commands, answers, writes = pipes
    command = [sys.executable, "-c", TRAMPOLINE, str(reads), str(writes), program, *OPTIONS]
    log = profile.with_suffix(".log").open("wb")
    process = subprocess.Popen(
        [*command, f"--user-data-dir={profile}"],
        pass_fds=(reads, writes),
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    os.close(reads)
    os.close(writes)
    browser = Browser(commands, answers)
    try:
        yield browser
        browser.call("Browser.close")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
    finally:
        os.close(commands)
        os.close(answers)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
