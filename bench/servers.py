"""The servers that are measured: how each is installed, started, and what its processes cost."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
REQUIREMENTS = ROOT / "bench" / "requirements.txt"
BIN = "{venv}/bin"
PAUSA = f"{ROOT}/pausa --python {{venv}} '{{app}}' -b 127.0.0.1:{{port}} --threads "
GUNICORN = f"{BIN}/python -m gunicorn {{app}} -b 127.0.0.1:{{port}} --log-level warning -k "
GRANIAN = f"{BIN}/python -m granian --interface wsgi --no-ws --port {{port}} {{app}} --blocking-threads "


@dataclasses.dataclass(frozen=True)
class Setting:
    """A server with the options under which it is measured.

    `workers` beyond one need more than one core. `warm_up`: seconds of a turn of warming up; more than one if it
    compiles while it runs.
    """

    name: str
    command: str
    asgi: bool = False
    workers: int = 1
    warm_up: int = 1

    @property
    def ours(self) -> bool:
        return self.name.startswith("pausa")


# The settings under which each peer is fastest, and for servers with threads also with eight.
WSGI = [
    Setting("pausa, 8 threads", PAUSA + "8", warm_up=5),
    Setting("pausa, 1 thread", PAUSA + "1", warm_up=5),
    Setting("bjoern", f"{BIN}/python -c 'import bjoern, {{module}} as m; bjoern.run(m.app, \"127.0.0.1\", {{port}})'"),
    Setting(
        "fastwsgi",
        f"{BIN}/python -c 'import fastwsgi, {{module}} as m; fastwsgi.run(m.app, \"127.0.0.1\", {{port}}, loglevel=0)'",
    ),
    Setting("granian, 1 thread", GRANIAN + "1"),
    Setting("granian, 8 threads", GRANIAN + "8"),
    Setting("granian, 2 workers", GRANIAN + "1 --workers 2", workers=2),
    Setting(
        "uwsgi, 8 threads",
        f"{BIN}/uwsgi --http11-socket 127.0.0.1:{{port}} --module {{app}} --virtualenv {{venv}} --pythonpath {ROOT} "
        "--threads 8 --listen 1024 --disable-logging --die-on-term",
    ),
    Setting("gunicorn sync", GUNICORN + "sync"),
    Setting("gunicorn gthread, 8 threads", GUNICORN + "gthread --threads 8"),
    Setting("gunicorn gevent", GUNICORN + "gevent"),
    Setting(
        "waitress, 8 threads",
        f"{BIN}/python -m waitress --listen 127.0.0.1:{{port}} --threads 8 --connection-limit 2000 "
        "--asyncore-use-poll {app}",
    ),
]
ASGI = [
    Setting("pausa, ASGI", PAUSA + "8 --interface asgi", asgi=True, warm_up=5),
    Setting(
        "uvicorn, ASGI",
        f"{BIN}/python -m uvicorn --loop uvloop --http httptools --log-level warning --no-access-log --port {{port}} "
        "{app}",
        asgi=True,
    ),
]


class Unavailable(Exception):
    """What cannot be measured here; the text says why."""


@dataclasses.dataclass
class Running:
    """A started server. `process` leads a session of its own, so that all that it started can be ended with it."""

    setting: Setting
    port: int
    process: subprocess.Popen[bytes]
    log: pathlib.Path
    seconds: float = 0.0
    """From the start to the first answer."""

    def processes(self) -> dict[pathlib.Path, list[str]]:
        """The folder in /proc of each process of the session, and the fields of its `stat` from the state on."""
        found = {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # ended meanwhile
                continue
            if int(fields[3]) == self.process.pid:
                found[folder] = fields
        return found

    def cpu(self) -> float:
        """Seconds of user and system time of the processes so far, with those of children that have ended."""
        ticks = sum(int(ticks) for fields in self.processes().values() for ticks in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def status(self, field: str) -> int:
        """A number of /proc/PID/status, such as Threads or VmRSS (in KiB): the sum over the processes."""
        total = 0
        for folder in self.processes():
            total += int((folder / "status").read_text().partition(f"\n{field}:")[2].split()[0])
        return total

    def get(self, path: str = "/") -> bytes:
        """One answer; raises if it is not 200."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return bytes(answer.read())

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            pass  # it is killed below, with all that it started
        for folder in self.processes():
            os.kill(int(folder.name), signal.SIGKILL)
        self.process.wait()


def start(setting: Setting, app: str, venv: pathlib.Path, pinned: bool = False, options: str = "") -> Running:
    """Starts a server, on the first core only if `pinned`, and waits until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    module, _, _ = app.partition(":")
    command = setting.command.format(venv=venv, port=port, app=app, module=module)
    log = BUILD / "logs" / (re.sub(r"\W+", "-", f"{setting.name} {module}") + ".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    prefix = "exec taskset -c 0 " if pinned else "exec "
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", prefix + command + " " + options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    running = Running(setting, port, process, log)
    while time.monotonic() < began + 120 and process.poll() is None:
        try:
            running.get()
            running.seconds = time.monotonic() - began
            return running
        except OSError:
            time.sleep(0.005)
    running.stop()
    raise Unavailable(f"{setting.name} did not start; its output is in {log}")


def install(python: str) -> tuple[pathlib.Path, dict[str, str]]:
    """Makes the environment of the peers. Returns it, and for each package that is missing the reason."""
    venv = BUILD / "venv"
    wanted = REQUIREMENTS.read_text()
    done = venv / "requirements.txt"
    missing: dict[str, str] = {}
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([python, "-m", "venv", "--clear", venv], check=True)
        for line in re.findall(r"^\w.*$", wanted, re.MULTILINE):
            name = line.partition("==")[0]
            print(f"installing {line}", file=sys.stderr, flush=True)
            pip = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", line]
            if name in ("bjoern", "fastwsgi"):
                compiler()
            ended = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if ended.returncode:
                (BUILD / f"install-{name}.log").write_text(ended.stdout)
                missing[name] = f"could not be installed: see build/bench/install-{name}.log"
        if not missing:
            done.write_text(wanted)
    return venv, missing


def compiler() -> None:
    """Installs what bjoern and fastwsgi are built from, if we may."""
    if not pathlib.Path("/usr/include/ev.h").exists() and os.geteuid() == 0:
        packages = ["apt-get", "install", "-y", "-q", "gcc", "python3-dev", "libev-dev"]
        subprocess.run(packages, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def default_python() -> str:
    """Debian's Python rather than one of a version manager, because bjoern needs its headers."""
    return "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else "python3"
