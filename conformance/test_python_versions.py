"""Hello and a pause on every CPython from 3.10 to 3.14 that is on PATH as python3.X, and on the bundled one."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from conformance.conftest import Serve

pytestmark = pytest.mark.python_only


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_version(fresh: Serve, version: str) -> None:
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"no usable python{version} on PATH")
    _serves(fresh, python, version)


def test_bundled(fresh: Serve) -> None:
    _serves(fresh, None, "3.14")


def _serves(fresh: Serve, python: str | None, version: str) -> None:
    server = fresh("--threads", "2", python=python)
    assert server.get("/version").body.split()[0] == version.encode()
    run = server.run("c04")
    assert run.response().body == b"data"
    run.closed()
    assert server.stop() == []
