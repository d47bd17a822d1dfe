"""What the launcher checks before there is a JVM."""

from __future__ import annotations

import sys
import sysconfig

import pytest

from pausa import _jvm, _launcher


def test_this_python_is_taken() -> None:
    _launcher._check_python()


def test_a_free_threaded_build_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", {"Py_GIL_DISABLED": 1}.get)
    with pytest.raises(_jvm.JvmError, match="free-threaded") as refused:
        _launcher._check_python()
    assert sys.executable in str(refused.value)


def test_an_old_python_is_refused_by_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    with pytest.raises(_jvm.JvmError, match=r"CPython 3\.10 or newer"):
        _launcher._check_python()
