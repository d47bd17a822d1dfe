"""Fixtures of the tests of wsgi-pause."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests_pause.servers import COMMANDS, Server


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "example(module): the example that is served")


@pytest.fixture(scope="session", params=COMMANDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each server in turn."""
    running = Server(request.param, tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()
