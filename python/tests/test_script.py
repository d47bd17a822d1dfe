"""The script ``pausa`` of a clone: which Python it takes, and what it says when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT


def run(folder: Path, *args: str, script: Path = ROOT / "pausa", **env: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return subprocess.run(
        [script, *args], cwd=folder, env={**environment, **env}, capture_output=True, text=True, check=False
    )


def fake_python(path: Path, name: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{name}: $*"\n')
    path.chmod(0o755)
    return path


def test_an_interpreter_is_given(tmp_path: Path) -> None:
    python = fake_python(tmp_path / "mine", "mine")
    assert run(tmp_path, "--python", str(python), "python", "-c", "x y", "--python", "z").stdout == (
        "mine: -c x y --python z\n"
    )
    assert run(tmp_path, f"--python={python}", "python").stdout == "mine: \n"


def test_environments_by_precedence(tmp_path: Path) -> None:
    fake_python(tmp_path / ".venv" / "bin" / "python", "working directory's")
    assert run(tmp_path, "python").stdout == "working directory's: \n"
    fake_python(tmp_path / "active" / "bin" / "python", "active")
    active = str(tmp_path / "active")
    assert run(tmp_path, "python", VIRTUAL_ENV=active).stdout == "active: \n"
    fake_python(tmp_path / "given" / "bin" / "python", "given")
    assert run(tmp_path, "--python", "given", "python", VIRTUAL_ENV=active).stdout == "given: \n"


@pytest.mark.parametrize("path", ["nowhere", "empty"])
def test_no_such_python(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    done = run(tmp_path, "--python", path, "python")
    assert done.returncode == 1
    assert done.stderr.startswith(f"pausa: --python {path}: no ")


def test_a_link_to_the_script(tmp_path: Path) -> None:
    link = tmp_path / "bin" / "pausa"
    link.parent.mkdir()
    link.symlink_to(ROOT / "pausa")
    assert run(tmp_path, "--python", sys.executable, "python", "-c", "print(1)", script=link).stdout == "1\n"


def test_no_maven(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    for name in ("pausa", "pom.xml", "config/jdk.sh", "python/pausa/__init__.py"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("cat", "find", "flock", "grep", "head", "mkdir", "readlink", "rm", "sed", "sh", "tail", "touch"):
        if found := shutil.which(tool):
            (tools / tool).symlink_to(found)
    done = run(tmp_path, "--python", sys.executable, "hello:app", script=clone / "pausa", PATH=str(tools))
    assert done.returncode == 1
    assert "no mvn on PATH" in done.stderr
