"""What the acceptance checks share: the report, a server under test, and requests to it."""

import contextlib
import dataclasses
import glob
import http.client
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

BANNER = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")


class Failed(Exception):
    """The check does not hold; the text says what was seen."""


class Skipped(Exception):
    """The check could not be made here; the text says what is missing."""


def expect(condition: object, otherwise: str) -> None:
    if not condition:
        raise Failed(otherwise)


@dataclasses.dataclass
class Place:
    """Where the checks work: the repository they were started from, and a fresh clone with a cache of its own."""

    root: pathlib.Path
    scratch: pathlib.Path
    clone: pathlib.Path
    pictures: pathlib.Path
    environment: dict[str, str]

    @classmethod
    def make(cls, root: pathlib.Path, scratch: pathlib.Path) -> "Place":
        # What the shell of the caller says about Python, Java or Pausa must not help.
        foreign = ("VIRTUAL_ENV", "PYTHON", "PAUSA", "JAVA_TOOL_OPTIONS", "WEB_CONCURRENCY", "PORT")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        environment["XDG_CACHE_HOME"] = str(scratch / "cache")
        pictures = root / "build" / "acceptance"
        pictures.mkdir(parents=True, exist_ok=True)
        return cls(root, scratch, scratch / "clone", pictures, environment)

    def run(self, *command: str | pathlib.Path, cwd: pathlib.Path | None = None, timeout: float = 600) -> str:
        """Runs a command in the clone; returns what it printed, or fails with its last lines."""
        name = " ".join(str(part) for part in command[:4])
        with subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd or self.clone,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                raise Failed(f"{name}: not done after {timeout:g} s") from None
            finally:
                process.terminate()  # if it still runs: it ends what it started
        expect(process.returncode == 0, f"{name}: exit code {process.returncode}\n{tail(output)}")
        return output


@dataclasses.dataclass
class Server:
    """A started server. `lines` is what it printed so far, each with the seconds since the start."""

    process: subprocess.Popen[str]
    lines: list[tuple[float, str]]
    port: int = 0
    seconds: float = 0.0

    @property
    def output(self) -> str:
        return "".join(line for _, line in self.lines)

    def tasks(self) -> int:
        """How many threads the process has, whoever made them."""
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def get(self, path: str) -> bytes:
        status, _, body = self.request("GET", path)
        expect(status == 200, f"GET {path}: {status} {body[:200]!r}")
        return body


@contextlib.contextmanager
def serve(
    place: Place,
    *command: str | pathlib.Path,
    cwd: pathlib.Path | None = None,
    environment: dict[str, str] | None = None,
    patience: float = 60,
) -> Iterator[Server]:
    """Starts a server on a free port, waits for its banner, and at the end stops it by SIGTERM: exit code 0 is due."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*(str(part) for part in command), "-b", "127.0.0.1:0"],
        cwd=cwd or place.clone,
        env=environment or place.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server = Server(process, [])
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            server.lines.append((time.monotonic() - began, line))
            if match := BANNER.search(line):
                server.port, server.seconds = int(match[1]), time.monotonic() - began
                ready.set()
        ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        in_time = ready.wait(patience)
        expect(in_time, f"no banner after {patience:g} s:\n{tail(server.output)}")
        expect(server.port, f"ended without a banner:\n{tail(server.output)}")
        yield server
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(15)
        except subprocess.TimeoutExpired:
            raise Failed(f"still runs 15 s after SIGTERM:\n{tail(server.output)}") from None
        reader.join(5)
        expect(code == 0, f"exit code {code} after SIGTERM:\n{tail(server.output)}")
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def tail(text: str, lines: int = 15) -> str:
    return "\n".join("       " + line for line in text.splitlines()[-lines:])


def needs(path: str, package: str) -> str:
    """Installs a Debian package unless what it brings, a program or a file, is there; skips the check if we may not."""
    for attempt in ("look", "install"):
        if attempt == "install" and os.geteuid() == 0 and shutil.which("apt-get"):
            subprocess.run(["apt-get", "install", "-y", "-q", package], capture_output=True)
        if found := shutil.which(path) or next(iter(glob.glob(path)), None):
            return found
    raise Skipped(f"{path} is missing: apt-get install {package}")


class Report:
    """Runs checks and prints a line for each as it ends."""

    def __init__(self) -> None:
        self.counts = {"ok": 0, "FAIL": 0, "skip": 0}

    def check(self, title: str, run: Callable[[], str]) -> None:
        began = time.monotonic()
        try:
            verdict, text = "ok", run()
        except Skipped as reason:
            verdict, text = "skip", str(reason)
        except Failed as failure:
            verdict, text = "FAIL", str(failure)
        except Exception as failure:  # noqa: BLE001 - a server can break off an answer in many ways
            verdict, text = "FAIL", f"{type(failure).__name__}: {failure}"
        self.counts[verdict] += 1
        print(f"{verdict:4}  {title}: {text}  [{time.monotonic() - began:.1f} s]", flush=True)

    def close(self) -> int:
        print(", ".join(f"{count} {verdict}" for verdict, count in self.counts.items()))
        return 1 if self.counts["FAIL"] or self.counts["skip"] or not self.counts["ok"] else 0
