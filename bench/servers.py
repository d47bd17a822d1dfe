"""The servers that are measured: how each is installed, started, asked for its version, and what its processes cost."""

import dataclasses
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
APP = "bench.hello:app"
PYTHON = "{venv}/bin/python"

# The settings under which each peer is fastest on one worker, beside eight threads where it has threads.
COMMANDS = {
    "pausa, 8 threads": f"{ROOT}/pausa --python {{venv}} {APP} -b 127.0.0.1:{{port}} --threads 8",
    "pausa, 1 thread": f"{ROOT}/pausa --python {{venv}} {APP} -b 127.0.0.1:{{port}} --threads 1",
    "bjoern": f"{PYTHON} -c 'import bjoern, bench.hello; bjoern.run(bench.hello.app, \"127.0.0.1\", {{port}})'",
    "granian, 1 thread": f"{PYTHON} -m granian --interface wsgi --no-ws --port {{port}} --blocking-threads 1 {APP}",
    "granian, 8 threads": f"{PYTHON} -m granian --interface wsgi --no-ws --port {{port}} --blocking-threads 8 {APP}",
    "waitress, 8 threads": f"{PYTHON} -m waitress --listen 127.0.0.1:{{port}} --threads 8 {APP}",
    "gunicorn gthread, 8 threads": f"{PYTHON} -m gunicorn -k gthread --threads 8 -b 127.0.0.1:{{port}} {APP}",
}
PEERS = ("gunicorn", "waitress", "granian", "bjoern")


class Unavailable(Exception):
    """A server that cannot be measured here; the text says why."""


@dataclasses.dataclass
class Running:
    """A started server. `process` leads a session of its own, so that all that it started can be ended with it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: pathlib.Path

    def cpu(self) -> float:
        """Seconds of user and system time that the server's processes have used so far."""
        ticks = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:  # ended meanwhile
                continue
            if int(fields[3]) == self.process.pid:  # its session
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start(name: str, venv: pathlib.Path) -> Running:
    """Starts a server and waits until it answers."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = BUILD / (name.replace(",", "").replace(" ", "-") + ".log")
    command = "exec " + COMMANDS[name].format(venv=venv, port=port)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", command], cwd=ROOT, stdout=output, stderr=output, start_new_session=True
        )
    running = Running(name, port, process, log)
    deadline = time.monotonic() + 300  # Pausa may have to be built first
    while time.monotonic() < deadline and process.poll() is None:
        try:
            check(port)
            return running
        except OSError:
            time.sleep(0.1)
    running.stop()
    raise Unavailable(f"did not start; its output is in {log}")


def check(port: int) -> None:
    """Asks once; raises if the answer is not the 12 bytes."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        if answer.status != 200 or answer.read() != b"Hello world\n":
            raise AssertionError(f"wrong answer: {answer.status}")


def install(python: str) -> tuple[pathlib.Path, dict[str, str], dict[str, str]]:
    """Makes the environment of the peers. Returns it, the versions, and for each peer that is missing the reason."""
    BUILD.mkdir(parents=True, exist_ok=True)
    venv = BUILD / "venv"
    if not (venv / "bin/python").exists():
        subprocess.run([python, "-m", "venv", venv], check=True)
    versions, missing = {}, {}
    for peer in PEERS:
        if peer == "bjoern" and not version(venv, peer):
            libev()
        if not version(venv, peer):
            print(f"installing {peer}", file=sys.stderr, flush=True)
            pip = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", peer]
            done = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            (BUILD / f"install-{peer}.log").write_text(done.stdout)
        if found := version(venv, peer):
            versions[peer] = found
        else:
            missing[peer] = f"could not be installed: see {BUILD}/install-{peer}.log"
            if peer == "bjoern":
                missing[peer] += " (it needs gcc, python3-dev and libev-dev)"
    return venv, versions, missing


def version(venv: pathlib.Path, package: str) -> str:
    """The installed version, or the empty string."""
    code = "import sys, importlib.metadata as m; print(m.version(sys.argv[1]))"
    done = subprocess.run([venv / "bin/python", "-c", code, package], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode().strip()


def libev() -> None:
    """Installs what bjoern is built from, if we may."""
    headers = pathlib.Path("/usr/include/ev.h").exists() and shutil.which("gcc")
    if not headers and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing gcc, python3-dev and libev-dev for bjoern", file=sys.stderr, flush=True)
        packages = ["apt-get", "install", "-y", "-q", "gcc", "python3-dev", "libev-dev"]
        subprocess.run(packages, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
