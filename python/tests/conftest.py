"""Fixtures of the Python distribution's tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import LIBJVM


@pytest.fixture
def make_java(tmp_path: Path) -> Callable[..., Path]:
    """Makes folders that look like Java runtimes."""

    def make(name: str, version: str | None, libjvm: bool = True) -> Path:
        home = tmp_path / name
        (home / "bin").mkdir(parents=True)
        java = home / "bin" / "java"
        java.write_text("#!/bin/sh\nexit 99\n")
        os.chmod(java, 0o755)
        if version is not None:
            (home / "release").write_text(f'IMPLEMENTOR="Test"\nJAVA_VERSION="{version}"\n')
        if libjvm:
            (home / LIBJVM).parent.mkdir(parents=True)
            (home / LIBJVM).touch()
        return home

    return make
