"""Behind a real nginx and a real HAProxy, with the configurations of docs/deploy.md."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.client import Connection
from conformance.server import ROOT, SLACK, python_option

BLOCK = re.compile(r"^```(?:nginx|haproxy)\n# (/etc/[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONFIGURATIONS: dict[str, str] = dict(BLOCK.findall((ROOT / "docs" / "deploy.md").read_text("utf-8")))
NGINX = "/etc/nginx/conf.d/app.conf"
HAPROXY = "/etc/haproxy/haproxy.cfg"
HAPROXY_TCP = "/etc/haproxy/haproxy.cfg, by the PROXY protocol"
CLIENT = "127.0.0.2"  # not the proxy's address, which is trusted
WAYS = ["nginx-tcp", "nginx-unix", "haproxy-http", "haproxy-v1", "haproxy-v2"]


started: list[subprocess.Popen[bytes]] = []


@pytest.fixture(scope="module", autouse=True)
def no_survivors() -> Iterator[None]:
    """Ends what a failed test has left."""
    yield
    for process in started:
        process.kill()


class Process:
    """A server that the test stops; its output is in ``log``."""

    def __init__(self, command: list[str], log: Path, **options: Any) -> None:
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
            )
        started.append(self.process)

    def until(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            text = self.log.read_text(errors="replace")
            assert self.process.poll() is None, f"{self.process.args!r} ended:\n{text}"
            assert time.monotonic() < deadline, f"{self.process.args!r}, not so after {seconds} s:\n{text}"
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(15)
        finally:
            self.process.kill()


class Pausa(Process):
    """The server under test."""

    def __init__(self, folder: Path, *options: str, **more: Any) -> None:
        command = ["./pausa", *python_option(), "--threads", "2", *options, "conformance.cases.proxied:app"]
        super().__init__(command, folder / "pausa.log", **more)
        self.until(lambda: "Serving " in self.log.read_text(errors="replace"))

    def address(self) -> str:
        """As the banner says it."""
        found = re.search(r"Listening at: (?:http://)?(\S+)", self.log.read_text())
        assert found
        return found[1]

    def records(self) -> list[str]:
        """What was logged since the banner."""
        return [line for line in self.log.read_text().partition("Serving ")[2].splitlines()[1:] if line]


def program(name: str) -> str:
    """Where a proxy is; without it the test fails if ``PAUSA_TEST_PROXIES`` says so, as in continuous integration."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        missing = f"{name} is not installed (on Debian: apt-get install {name})"
        if os.environ.get("PAUSA_TEST_PROXIES") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(name: str, *changes: tuple[str, str]) -> str:
    """A configuration of the document, with addresses of this machine."""
    text = CONFIGURATIONS[name]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def start_nginx(folder: Path, upstream: str) -> tuple[Process, int]:
    port = free_port()
    block = configured(
        NGINX, ("listen 80;", f"listen 127.0.0.1:{port};"), ("unix:/run/app/pausa.sock;", f"{upstream};")
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        "daemon off;\nmaster_process off;\n"
        f"pid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{block}}}\n"
    )
    command = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    return Process(command, folder / "nginx.log"), port


def start_haproxy(folder: Path, name: str, upstream: str, *changes: tuple[str, str]) -> tuple[Process, int]:
    port = free_port()
    text = configured(name, ("bind :80", f"bind 127.0.0.1:{port}"), ("127.0.0.1:8000", upstream), *changes)
    (folder / "haproxy.cfg").write_text(text)
    return Process([program("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")], folder / "haproxy.log"), port


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Way:
    """A server and a proxy in front of it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        program(name.partition("-")[0])  # before anything is started
        bind = f"unix:{folder}/pausa.sock" if name == "nginx-unix" else "127.0.0.1:0"
        protocol = {"haproxy-v1": ["--proxy-protocol", "v1"], "haproxy-v2": ["--proxy-protocol", "v2"]}.get(name, [])
        self.pausa = Pausa(folder, "--bind", bind, "--keep-alive", "75", *protocol)
        upstream = self.pausa.address()
        if name.startswith("nginx"):
            self.proxy, self.port = start_nginx(folder, upstream)
        elif name == "haproxy-http":
            self.proxy, self.port = start_haproxy(folder, HAPROXY, upstream)
        else:
            version = [("send-proxy-v2", "send-proxy")] if name == "haproxy-v1" else []
            self.proxy, self.port = start_haproxy(folder, HAPROXY_TCP, upstream, *version)
        self.proxy.until(lambda: accepts(self.port), 10)

    def connect(self, timeout: float = 10) -> Connection:
        return Connection(("127.0.0.1", self.port), timeout=timeout, source=CLIENT)

    def ask(self, target: str, headers: str = "") -> Any:
        with self.connect() as connection:
            connection.request(target, headers=headers)
            response = connection.response()
            assert response.status == 200, response.body
            return json.loads(response.body)


@pytest.fixture(scope="module", params=WAYS)
def way(built: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    way = Way(request.param, tmp_path_factory.mktemp(request.param))
    yield way
    way.proxy.stop()
    assert way.pausa.stop() == 0
    assert [record for record in way.pausa.records() if "[ERROR]" in record or "[WARNING]" in record] == []


def test_the_client_is_known(way: Way) -> None:
    environ = way.ask("/environ?a=b")
    assert environ["REMOTE_ADDR"] == CLIENT
    assert environ["wsgi.url_scheme"] == "http"
    assert environ["HTTP_HOST"] == "test"
    assert environ["SCRIPT_NAME"] == ""
    assert environ["RAW_URI"] == "/environ?a=b"
    assert environ["SERVER_NAME"]
    assert int(environ["SERVER_PORT"]) > 0


def test_a_client_cannot_choose_its_address(way: Way) -> None:
    lies = (
        "X-Forwarded-For: 9.9.9.9\r\nForwarded: for=9.9.9.9;proto=https\r\nX-Forwarded-Proto: https\r\n"
        "X-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 444\r\nX-Forwarded-Prefix: /evil\r\n"
    )
    told = way.ask("/environ", lies)
    assert told["REMOTE_ADDR"] == CLIENT
    assert told["wsgi.url_scheme"] == "http"
    assert told["HTTP_HOST"] == "test"
    assert told["SCRIPT_NAME"] == ""
    assert "HTTPS" not in told
    assert not [name for name in told if "9.9.9.9" in told[name] or "evil" in told[name]]


def events(connection: Connection, count: int) -> list[float]:
    """How old each of the next events is when it arrives, in seconds."""
    ages: list[float] = []
    text = b""
    while len(ages) < count:
        connection.socket.settimeout(5)
        data = connection.socket.recv(65536)
        now = time.time()
        assert data, "the stream ended"
        text += data
        for sent in re.findall(rb"data: ([0-9.]+)\n\n", text):
            ages.append(now - float(sent))
        text = text[text.rfind(b"\n\n") + 2 :] if b"\n\n" in text else text
    return ages


def test_events_arrive_at_once(way: Way) -> None:
    with way.connect() as connection:
        connection.request(f"/stream?{way.name}-live")
        ages = sorted(events(connection, 10))
        # Most arrive before the next one is made; a proxy that collects them would hold them for seconds.
        assert ages[5] < 0.2 * SLACK, ages


def test_the_application_sees_a_client_leave(way: Way) -> None:
    name = f"{way.name}-left"
    with way.connect() as connection:
        connection.request(f"/stream?{name}")
        events(connection, 2)
        assert name not in way.ask("/closed")
    way.pausa.until(lambda: name in way.ask("/closed"), 3 * SLACK)


def test_a_large_upload(way: Way) -> None:
    data = os.urandom(1 << 20) * 32
    with way.connect(60) as connection:
        connection.request("/upload", "POST", body=data)
        answer = json.loads(connection.response().body)
    assert answer == {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_a_chunked_upload(way: Way) -> None:
    with way.connect(30) as connection:
        connection.send(b"POST /upload HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            connection.send(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        connection.send(b"0\r\n\r\n")
        assert json.loads(connection.response().body)["length"] == 100_000


def test_connections_to_the_server_are_used_again(way: Way) -> None:
    with way.connect() as connection:
        ports = set()
        for _ in range(5):
            connection.request("/environ")
            ports.add(json.loads(connection.response().body).get("REMOTE_PORT"))
    assert len(ports) == 1
    if way.name == "nginx-tcp":  # the address is the client's, without a port
        assert ports == {None}
        assert established(way.pausa.address()) <= 2


def established(address: str) -> int:
    """How many connections the server has at this address of 127.0.0.1."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(port) and row[3] == "01" for row in rows)


def test_health_checks_are_not_logged(way: Way) -> None:
    before = way.pausa.records()
    time.sleep(2.5)  # HAProxy checks every two seconds
    assert way.pausa.records() == before


def test_a_connection_without_a_header_is_closed(built: None, tmp_path: Path) -> None:
    pausa = Pausa(tmp_path, "--bind", "127.0.0.1:0", "--proxy-protocol")
    host, _, port = pausa.address().partition(":")
    with Connection((host, int(port))) as connection:
        connection.request("/environ")
        assert connection.ends()
    with Connection((host, int(port))) as connection:
        connection.send(b"\r\n\r\n\0\r\nQUIT\n"[:5])
    pausa.until(lambda: len(pausa.records()) == 2, 5)
    assert "it does not begin with a header of the PROXY protocol" in pausa.records()[0]
    assert "left within a header of the PROXY protocol" in pausa.records()[1]
    assert pausa.stop() == 0


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_a_socket_of_systemd(built: None, tmp_path: Path, family: socket.AddressFamily) -> None:
    """``fd://N``: an inherited socket, which is there before the server and after it."""
    with socket.socket(family) as listening:
        listening.bind(str(tmp_path / "app.sock") if family == socket.AF_UNIX else ("127.0.0.1", 0))
        listening.listen()
        number = listening.fileno()
        pausa = Pausa(tmp_path, "--bind", f"fd://{number}", pass_fds=(number,))
        with socket.socket(family) as client:
            client.settimeout(10)
            client.connect(listening.getsockname())
            client.sendall(b"GET /environ HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
            answer = b""
            while data := client.recv(65536):
                answer += data
        assert b"200 OK" in answer
        assert pausa.stop() == 0
        assert family == socket.AF_INET or (tmp_path / "app.sock").exists()


def test_a_unix_socket_has_its_mode_and_goes_with_the_server(built: None, tmp_path: Path) -> None:
    path = tmp_path / "pausa.sock"
    pausa = Pausa(tmp_path, "--bind", f"unix:{path}", "--socket-mode", "600")
    assert pausa.address() == f"unix:{path}"
    assert path.stat().st_mode & 0o777 == 0o600
    assert pausa.stop() == 0
    assert not path.exists()
