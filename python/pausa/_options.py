"""The JVM's options: what the server needs, and the user's own in the only spelling that JNI understands."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

MAIN_MODULE = "dev.pausa.cli"

# `java` takes these with a separate value; JNI_CreateJavaVM knows `--name=value` only.
_WITH_VALUE = frozenset(
    (
        "--add-exports",
        "--add-modules",
        "--add-opens",
        "--add-reads",
        "--enable-native-access",
        "--limit-modules",
        "--module-path",
        "--patch-module",
        "--upgrade-module-path",
    )
)
_CLASS_PATH = frozenset(("-cp", "-classpath", "--class-path"))


class OptionError(Exception):
    """A JVM option that cannot be passed on; the message says why."""


_HEAP = 64 << 20
"""Bytes of heap to begin with: room for the server's own objects. The maximum stays the JVM's, a quarter of memory."""

_NO_CACHE = ("--", "-XX:AOT", "-XX:SharedArchiveFile", "-Xshare", "-javaagent", "-agent")
"""Beginnings of options with which a JVM cannot use our AOT cache, or has one of its own."""


def jvm_options(lib: Path, user: str, cache: Path | None = None) -> list[str]:
    """Returns the options for a JVM that runs the server.

    ``lib`` is the folder with the server's jars; ``user`` holds the user's own options, as a shell would split them.
    They come last and win. ``cache`` is an AOT cache, for the case that the user's options allow it.

    Raises ``OptionError``.
    """
    try:
        own = rewrite(shlex.split(user))
    except ValueError as error:
        raise OptionError(f"PAUSA_JAVA_OPTIONS: {error}") from None
    module_path = [str(lib)]
    rest = []
    for option in own:
        if option.startswith("--module-path="):
            module_path.append(option.partition("=")[2])
        else:
            rest.append(option)
    options = [
        f"--module-path={':'.join(module_path)}",
        # Without a main module and a class path the working directory would be the class path.
        f"-Djdk.module.main={MAIN_MODULE}",
        # Netty's native library comes in a module that none requires.
        "--add-modules=ALL-MODULE-PATH",
        "--enable-native-access=dev.pausa.cpython,io.netty.common,io.netty.transport.classes.epoll",
        "--sun-misc-unsafe-memory-access=allow",
        # It makes a stack trace for each 128th buffer; the tests keep it.
        "-Dio.netty.leakDetection.level=disabled",
        # The JVM's log goes to stdout by default.
        "-Xlog:disable",
        "-Xlog:all=warning:stderr",
    ]
    # docs/decisions/0007 has the reasons for heap and collector, and what measures them.
    if _maximum_heap(rest) >= _HEAP:
        options += [f"-Xms{_HEAP >> 20}m", f"-XX:NewSize={_HEAP >> 21}m", "-XX:SurvivorRatio=3"]
    if not any(option.startswith("-XX:+Use") and option.endswith("GC") for option in rest):
        options.append("-XX:+UseSerialGC")
    if cache is not None and not any(option.startswith(_NO_CACHE) for option in own):
        # One that does not fit is passed over, and nobody need hear of it.
        options += [f"-XX:AOTCache={cache}", "-Xlog:aot*=off,cds*=off:stderr"]
    return options + rest


def _maximum_heap(options: list[str]) -> int:
    """Returns how many bytes of heap the user allows; a JVM does not start that is to begin with more."""
    largest = _HEAP
    for option in options:
        if found := re.fullmatch(r"(?:-Xmx|-XX:MaxHeapSize=)(\d+)([kmgt]?)", option, re.IGNORECASE):
            largest = int(found[1]) << 10 * " kmgt".index(found[2].lower() or " ")
    return largest


def terminals() -> str:
    """Returns the option that tells which of stdout and stderr are terminals: Java has no way to ask."""
    streams = {"stdout": sys.stdout, "stderr": sys.stderr}
    found = [name for name, stream in streams.items() if stream is not None and not stream.closed and stream.isatty()]
    return f"-Dpausa.terminals={','.join(found)}"


def rewrite(words: list[str]) -> list[str]:
    """Returns options of the command ``java`` in the spelling of ``JNI_CreateJavaVM``. Raises ``OptionError``."""
    options = []
    remaining = iter(words)
    for word in remaining:
        name = "--module-path" if word == "-p" else word
        if name in _WITH_VALUE or name in _CLASS_PATH:
            value = next(remaining, None)
            if value is None:
                raise OptionError(f"the JVM option {word} needs a value")
            options.append(f"-Djava.class.path={value}" if name in _CLASS_PATH else f"{name}={value}")
        elif word.startswith("--class-path="):
            options.append(f"-Djava.class.path={word.partition('=')[2]}")
        elif word.startswith("@"):
            raise OptionError(f"the JVM option {word}: files of options are read as -XX:VMOptionsFile=FILE only")
        elif not word.startswith("-"):
            raise OptionError(f"{word!r} is not a JVM option")
        else:
            options.append(word)
    return options
