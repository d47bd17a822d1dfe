"""Subjects, servers and the report of the conformance suite."""

from __future__ import annotations

import os
import subprocess
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance import checklist
from conformance.remote import Remote, RemotePlugin, RemoteReport, connect, not_applicable
from conformance.report import CASES, NAME, SUBJECTS, TABLES, Plugin, Report
from conformance.server import ROOT, Server

Serve = Callable[..., Server]
# Servers that run at once: starting one costs a second, keeping one 100 MB.
MOST_SERVERS = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--subject", choices=SUBJECTS, help="run the cases for this subject only")
    parser.addoption("--checklist", action="store_true", help="run the checklist of PEP 3333 only (build/pep3333.md)")
    parser.addoption(
        "--url", help="run the cases against the server at this URL, which serves conformance.cases.app:app"
    )
    parser.addoption("--url-threads", type=int, help="how many threads that server has, if they are fewer than eight")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "python_only: the case has no row for the Java subject")
    url = config.getoption("--url")
    if url:
        report = ROOT / "build" / "conformance-url.md"
        config.pluginmanager.register(RemotePlugin(url, RemoteReport(CASES), report), "remote")
        return
    whole = not config.getoption("keyword") and not config.getoption("--subject")
    whole = whole and not config.getoption("collectonly") and all(".py" not in arg for arg in config.args)
    alone = "pep3333" if config.getoption("--checklist") else None
    tables = [table for table in TABLES if alone in (None, table.name)]
    config.pluginmanager.register(Plugin([Report(table, ROOT / "build", whole) for table in tables]))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--checklist"):
        items[:] = [item for item in items if checklist.NAME.search(item.nodeid)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "subject" in metafunc.fixturenames:
        chosen = "python" if metafunc.config.getoption("--url") else metafunc.config.getoption("--subject")
        python_only = metafunc.definition.get_closest_marker("python_only")
        subjects = [s for s in SUBJECTS if chosen in (None, s) and not (python_only and s != "python")]
        metafunc.parametrize("subject", subjects, scope="session")


class Pool:
    """Running servers by subject and options, the least recently used one stopped for a new one."""

    def __init__(self) -> None:
        self._servers: OrderedDict[tuple[str, ...], Server] = OrderedDict()
        self.problems: list[str] = []

    def get(self, subject: str, options: tuple[str, ...]) -> Server:
        key = (subject, *options)
        server = self._servers.get(key)
        if server is not None and server.process.poll() is not None:
            self.stop(key)
            server = None
        if server is None:
            if len(self._servers) >= MOST_SERVERS:
                self.stop(next(iter(self._servers)))
            server = self._servers[key] = Server(subject, options)
        self._servers.move_to_end(key)
        return server

    def stop(self, key: tuple[str, ...]) -> None:
        self.problems += self._servers.pop(key).stop()

    def close(self) -> None:
        while self._servers:
            self.stop(next(iter(self._servers)))


@pytest.fixture(scope="session")
def built() -> None:
    """The runnable layout and the Java subject's classes."""
    subprocess.run(["./pausa", "--version"], cwd=ROOT, check=True, stdin=subprocess.DEVNULL, timeout=900)
    classes = ROOT / "conformance" / "java" / "target" / "classes"
    sources = (ROOT / "conformance" / "java" / "src").rglob("*.java")
    newest = max(os.path.getmtime(source) for source in sources)
    compiled = classes / "dev" / "pausa" / "conformance" / "Cases.class"
    if not compiled.exists() or compiled.stat().st_mtime < newest:
        build = ". config/jdk.sh && find_jdk && exec mvn -B -q -pl conformance/java -am clean compile"
        subprocess.run(["bash", "-c", build], cwd=ROOT, check=True, stdin=subprocess.DEVNULL, timeout=900)


@pytest.fixture(scope="session")
def pool(built: None) -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()
    assert not pool.problems, "\n".join(pool.problems)


@pytest.fixture(scope="session")
def remote(pytestconfig: pytest.Config) -> Remote | None:
    """The server at ``--url``."""
    url = pytestconfig.getoption("--url")
    if not url:
        return None
    server = connect(url, pytestconfig.getoption("--url-threads"))
    plugin: Any = pytestconfig.pluginmanager.get_plugin("remote")
    plugin.server = server
    return server


@pytest.fixture
def serve(subject: str, remote: Remote | None, request: pytest.FixtureRequest) -> Iterator[Serve]:
    """A function from options to a running server, which later tests share."""
    if remote is not None:
        yield from served_there(remote, request.node)
        return
    pool: Pool = request.getfixturevalue("pool")
    used: list[Server] = []

    def get(*options: str) -> Server:
        server = pool.get(subject, options or ("--threads", "2"))
        used.append(server)
        return server

    yield get
    for server in used:
        server.hang_up()


def served_there(remote: Remote, test: pytest.Item) -> Iterator[Serve]:
    """As :func:`serve`, of a server that is not ours."""
    name = NAME.search(test.nodeid)
    case = f"C{name[1]}" if name else ""
    remote.unseen.clear()
    yield lambda *options: remote.with_options(options, case)
    remote.hang_up()
    test.user_properties += [("unseen", what) for what in sorted(remote.unseen)]


@pytest.fixture
def server(serve: Serve) -> Server:
    """A server with two threads."""
    return serve()


@pytest.fixture
def fresh(subject: str, remote: Remote | None, request: pytest.FixtureRequest) -> Iterator[Serve]:
    """A function from options to a server of this test's own, which the test stops."""
    if remote is not None:
        not_applicable("needs a server of its own, to read its log and to stop it")
    request.getfixturevalue("built")
    started: list[Server] = []

    def start(*options: str, **more: Any) -> Server:
        server = Server(subject, options, **more)
        started.append(server)
        return server

    yield start
    for server in started:
        server.hang_up()
        server.kill()
