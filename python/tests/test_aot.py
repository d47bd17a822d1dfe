"""The JVM's AOT cache: where it lies, when it is used, how it is made."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pausa import _aot, _java, _training
from pausa._options import jvm_options
from tests.running import Running
from tests.support import LIBJVM, ROOT


@pytest.fixture
def java(make_java: Callable[..., Path]) -> _java.Java:
    home = make_java("java", "25.0.3")
    return _java.Java(home, home / LIBJVM)


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "server.jar").touch()
    return tmp_path / "lib"


@pytest.fixture
def cache(tmp_path: Path, java: _java.Java, lib: Path) -> _aot.Cache:
    found = _aot.find({_aot.VARIABLE: str(tmp_path / "caches")}, java, lib)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({}, None),
        ({"HOME": ""}, None),
        ({"HOME": "/h"}, "/h/.cache/pausa"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c"}, "/c/pausa"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "/c", "PAUSA_AOT_CACHE": "/a"}, "/a"),
        ({"HOME": "/h", "PAUSA_AOT_CACHE": "off"}, None),
    ],
)
def test_the_folder(environ: dict[str, str], folder: str | None, java: _java.Java, lib: Path) -> None:
    found = _aot.find(environ, java, lib)
    assert (None if found is None else str(found.file.parent)) == folder


def test_another_java_and_other_jars_have_another_cache(cache: _aot.Cache, java: _java.Java, lib: Path) -> None:
    environ = {_aot.VARIABLE: str(cache.file.parent)}
    assert _aot.find(environ, java, lib) == cache
    (lib / "server.jar").write_text("changed")
    changed = _aot.find(environ, java, lib)
    (java.home / "release").write_text('JAVA_VERSION="25.0.4"\n')
    assert len({cache, changed, _aot.find(environ, java, lib)}) == 3


def test_a_cache_that_others_may_write_is_not_used(cache: _aot.Cache) -> None:
    assert not cache.usable()
    cache.file.parent.mkdir()
    cache.file.touch(0o600)
    assert cache.usable()
    cache.file.chmod(0o620)
    assert not cache.usable()


def test_it_is_not_made_again(cache: _aot.Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: commands.append(command))
    cache.make_later()
    assert [command[5:7] for command in commands] == [["later", str(cache.file)]]
    cache.failed().touch()
    cache.make_later()
    cache.failed().unlink()
    cache.file.touch(0o600)
    cache.make_later()
    assert len(commands) == 1


def test_a_folder_that_cannot_be_made_does_no_harm(tmp_path: Path, cache: _aot.Cache) -> None:
    (tmp_path / "caches").touch()
    cache.make_later()
    assert not cache.usable()


def test_options_with_a_cache() -> None:
    options = jvm_options(Path("/lib"), "-Xmx1g", Path("/a.aot"))
    assert "-XX:AOTCache=/a.aot" in options
    assert options[-1] == "-Xmx1g"


@pytest.mark.parametrize("user", ["--add-modules java.sql", "-p mods", "-XX:AOTCache=own.aot", "-Xshare:off"])
def test_users_options_that_rule_it_out(user: str) -> None:
    assert "-XX:AOTCache=/a.aot" not in jvm_options(Path("/lib"), user, Path("/a.aot"))


def test_one_training_at_a_time(cache: _aot.Cache) -> None:
    cache.file.parent.mkdir()
    with open(cache.file.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not _training.make(cache.file, cache.java.home, cache.lib)


def test_a_training_that_fails_says_why_and_leaves_its_output(cache: _aot.Cache) -> None:
    with pytest.raises(_training.Failure, match="did not start; see"):
        _training.make(cache.file, cache.java.home, cache.lib)
    assert "jars" in cache.failed().read_text() or "Java" in cache.failed().read_text()
    assert sorted(path.suffix for path in cache.file.parent.iterdir()) == [".lock", ".log"]


def test_what_nobody_uses_is_deleted(cache: _aot.Cache) -> None:
    cache.file.parent.mkdir()
    old, used = cache.file.with_name("old.aot"), cache.file.with_name("used.aot")
    old.touch()
    used.touch()
    os.utime(old, (0, 0))
    _training._tidy(cache.file)
    assert not old.exists()
    assert used.exists()


def test_prepare_then_start(tmp_path: Path) -> None:
    environ = {**os.environ, _aot.VARIABLE: str(tmp_path / "caches")}
    pausa = [str(ROOT / "pausa"), "--python", sys.executable]
    done = subprocess.run([*pausa, "prepare"], env=environ, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "caches").glob("*.aot")
    assert done.stdout == f"pausa: {file} is made\n"

    again = subprocess.run([*pausa, "prepare"], env=environ, capture_output=True, text=True, timeout=60)
    assert (again.returncode, again.stderr) == (0, f"pausa: {file} is there\n")

    loaded = tmp_path / "loaded.txt"
    environ["PAUSA_JAVA_OPTIONS"] = f"-Xlog:class+load:file={loaded}"
    assert _started(tmp_path, environ) == []
    assert "dev.pausa.server.Server source: shared objects file" in loaded.read_text()

    with file.open("r+b") as cache:
        cache.truncate(1_000_000)
    assert _started(tmp_path, environ) == []
    assert "dev.pausa.server.Server source: file:" in loaded.read_text()


def _started(folder: Path, environ: dict[str, str]) -> list[str]:
    """Starts and stops a server; returns what it said beyond its log."""
    with Running(folder, env=environ) as server:
        assert server.get() == "Hello, world!"
        code, out = server.stop()
    assert code == 0
    lines = [*out.splitlines(), *server.log.read_text().splitlines()]
    return [line for line in lines if "[INFO]" not in line and line != "atexit ran"]


def test_prepare_without_a_folder() -> None:
    pausa = [str(ROOT / "pausa"), "--python", sys.executable, "prepare"]
    done = subprocess.run(pausa, env={**os.environ, _aot.VARIABLE: "off"}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "PAUSA_AOT_CACHE is off" in done.stderr
