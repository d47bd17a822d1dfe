"""The JVM's AOT cache (JEP 483, 515): loaded classes and method profiles of an earlier run, for faster starts.

``_training`` makes the file, in the background of the first start or by ``pausa prepare``. The JVM itself checks that
a cache fits its version, its jars and its options, and goes on without one that does not.
"""

from __future__ import annotations

import os
import platform
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pausa import __version__, _options
from pausa._java import Java

VARIABLE = "PAUSA_AOT_CACHE"
"""The environment variable: a folder for the caches, or ``off``."""

START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from pausa.{} import main; del sys.path[0]; main()"
"""A Python program that calls a module's ``main``; its first argument is the folder of this package."""


class Cache(NamedTuple):
    """The cache of one installation on one machine: ``file``, there or not; the Java and the jars it is for."""

    file: Path
    java: Java
    lib: Path

    def usable(self) -> bool:
        """Tells whether the file is there and nobody but this user or root can have written it."""
        try:
            found = self.file.stat()
        except OSError:
            return False
        # What is in it runs as the server.
        return found.st_uid in (0, os.geteuid()) and not found.st_mode & 0o022

    def failed(self) -> Path:
        """Returns where the output of a training that failed is kept; it is not tried again while that is there."""
        return self.file.with_suffix(".log")

    def make_later(self) -> None:
        """Has a process of its own make the file, some time after the server has started, unless there is one.

        Never raises: a server without a cache is a server.
        """
        if self.usable() or self.failed().exists():
            return
        import subprocess  # needed at one start of many

        silent = subprocess.DEVNULL
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(self.file.parent, os.W_OK):
                # It ends at once: what does the work is its child, which init inherits.
                subprocess.run(
                    self.command("later"), stdin=silent, stdout=silent, stderr=silent, start_new_session=True
                )
        except OSError:
            pass  # read-only, full, no process to be had

    def command(self, when: str) -> list[str]:
        """Returns the command that makes the file, ``later`` or ``now``."""
        package = str(Path(__file__).parent.parent)
        return [
            *(sys.executable, "-I", "-c", START.format("_training"), package),
            *(when, str(self.file), str(self.java.home), str(self.lib)),
        ]


def find(environ: Mapping[str, str], java: Java, lib: Path) -> Cache | None:
    """Returns the cache for this Java and these jars; ``None`` if there is to be none, or no folder for it."""
    chosen = environ.get(VARIABLE)
    if chosen == "off":
        return None
    if chosen:
        folder = Path(chosen)
    elif root := environ.get("XDG_CACHE_HOME"):
        folder = Path(root, "pausa")
    elif home := environ.get("HOME"):
        folder = Path(home, ".cache", "pausa")
    else:
        return None
    try:
        return Cache(folder / f"{__version__}-{_fingerprint(java, lib)}.aot", java, lib)
    except OSError:
        return None  # a jar or the JVM went away: the start will tell


def _fingerprint(java: Java, lib: Path) -> str:
    """A name for all that decides whether a cache fits: Java, jars, options, and the processor it has code for."""
    facts: list[object] = [*_options.jvm_options(lib, ""), (java.home / "release").read_text(encoding="utf-8"), _cpu()]
    for path in (java.libjvm, *sorted(lib.glob("*.jar"))):
        found = path.stat()
        facts.append((str(path), found.st_size, int(found.st_mtime)))
    # Not hashlib, which loads OpenSSL.
    return f"{zlib.crc32(repr(facts).encode()):08x}"


def _cpu() -> str:
    """What the processor can do."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
            return next(line for line in lines if line.startswith(("flags", "Features")))
    except (OSError, StopIteration):
        return platform.machine()
