"""The bridge's part in Python: what costs nothing on the hot path is said here.

Java imports this module once for each interpreter and calls `connect`, which receives Java's functions. Applications
see `Resume`, `Input` and `FileWrapper` in their environ, and the exceptions through the package `pausa`.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import importlib
import importlib.util
import io
import os
import stat
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

__all__ = [
    "ClientDisconnected",
    "ContractError",
    "Errors",
    "FileWrapper",
    "Input",
    "LoadError",
    "Resume",
    "connect",
    "load",
]


class ClientDisconnected(ConnectionError):
    """The client left, or cut its request body short (P27, P60). Raised by reads of `wsgi.input` and by `write()`."""


class ContractError(AssertionError):
    """The application broke PEP 3333; the message says which rule."""


class LoadError(Exception):
    """The application's name is wrong. The message is for the user."""


def _gone(*_: object) -> Any:
    raise RuntimeError("the server is gone: it stopped, or this is a forked child")


_is_child = False
_sever: Callable[[], int] = int


class Resume:
    """Ends a pause (P7 to P16). Any thread, any time; never blocks, never raises, ignores arguments.

    Returns whether this call ended the epoch. Keeping it for ever leaks nothing but itself.
    """

    __slots__ = ("__weakref__", "_number")

    _resume: Callable[[int], bool] = _gone
    _pending: Callable[[int], bool] = _gone
    _dropped: Callable[[int], None] = _gone

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, /, *_: object, **__: object) -> bool:
        return self._resume(self._number)

    @property
    def pending(self) -> bool:
        """Whether the epoch that it belongs to is open (P15)."""
        return self._pending(self._number)

    def __del__(self) -> None:
        self._dropped(self._number)


class Input:
    """`wsgi.input`: the request body as a binary stream (PEP 3333, "Input and Error Streams")."""

    __slots__ = ("_at", "_buffer", "_request")

    _read: Callable[[object, int], bytes] = _gone
    _read_nowait: Callable[[object, int], bytes | None] = _gone

    def __init__(self, request: object) -> None:
        self._request = request
        self._buffer = b""  # what readline() has read too far; empty if all of it is taken
        self._at = 0

    def _more(self, size: int = 65536) -> bytes:
        """At least one and at most `size` (up to 65536) new bytes, waiting for them; `b""` at the end."""
        return self._read(self._request, size)

    def _take(self, size: int) -> bytes:
        """Up to `size` bytes of the buffer."""
        end = self._at + size
        taken = self._buffer[self._at : end]
        if end < len(self._buffer):
            self._at = end
        else:
            self._buffer, self._at = b"", 0
        return taken

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes, fewer only at the end of the body; all that is left if `size` is negative or None."""
        if size is None or size < 0:
            size = sys.maxsize
        taken = self._take(size)
        missing = size - len(taken)
        if not missing:
            return taken
        piece = self._more(min(missing, 65536))
        if len(piece) == missing or not piece:
            return taken + piece
        pieces = [taken, piece]
        while piece and (missing := missing - len(piece)):
            pieces.append(piece := self._more(min(missing, 65536)))
        return b"".join(pieces)

    def read1(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes of what is there; waits only if nothing is (P56)."""
        size = 65536 if size is None or size < 0 else min(size, 65536)
        if self._buffer or not size:
            return self._take(size)
        return self._more(size)

    def read_nowait(self, size: int | None = -1, /) -> bytes | None:
        """What is there, up to `size` bytes; `b""` at the end, None if nothing is there yet (P56)."""
        limit = sys.maxsize if size is None or size < 0 else size
        taken = self._take(limit)
        while len(taken) < limit:
            piece = self._read_nowait(self._request, min(limit - len(taken), 65536))
            if not piece:
                return taken or piece
            taken += piece
            if len(piece) < 65536:
                break
        return taken

    def readline(self, size: int | None = -1, /) -> bytes:
        """One line with its newline, at most `size` bytes; `b""` at the end."""
        limit = sys.maxsize if size is None or size < 0 else size
        pieces = []
        while limit:
            if not self._buffer:
                self._buffer = self._more()
            newline = self._buffer.find(b"\n", self._at, self._at + limit)
            piece = self._take(limit if newline < 0 else newline + 1 - self._at)
            pieces.append(piece)
            if newline >= 0 or not piece:
                break
            limit -= len(piece)
        return b"".join(pieces)

    def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """All lines; no more than needed to have `hint` bytes, if it is positive."""
        lines, size = [], 0
        for line in self:
            lines.append(line)
            size += len(line)
            if hint is not None and 0 < hint <= size:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if line := self.readline():
            return line
        raise StopIteration

    def close(self) -> None:
        """Does nothing: the stream is the server's (PEP 3333 forbids applications to close it)."""


class Errors:
    """`wsgi.errors`: standard error, not closed by applications (PEP 3333, "Input and Error Streams")."""

    __slots__ = ()

    def write(self, text: str, /) -> int:
        """Writes `text`; what the encoding has not is escaped."""
        return sys.stderr.write(text)

    def writelines(self, lines: Iterable[str], /) -> None:
        """Writes each."""
        sys.stderr.writelines(lines)

    def flush(self) -> None:
        """Hands on what is buffered."""
        sys.stderr.flush()

    def close(self) -> None:
        """Does nothing: the stream is the server's."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


class FileWrapper:
    """`wsgi.file_wrapper`: a file-like object as a response body.

    Java sends what `file_range` finds; anything else is read block by block.
    """

    def __init__(self, filelike: Any, block_size: int = 65536) -> None:
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if block := self.filelike.read(self.block_size):
            return bytes(block)
        raise StopIteration


def file_range(wrapper: FileWrapper) -> tuple[int, int, int] | None:
    """Descriptor, position and number of bytes left of the regular file whose bytes `wrapper` would read, if any.

    It goes by whose `read` that is: objects that decompress or count have a `fileno()` as well.
    """
    read = getattr(wrapper.filelike, "read", None)
    file: Any = getattr(read, "__self__", None)
    raw = file.raw if type(file) in (io.BufferedReader, io.BufferedRandom) else file
    if type(raw) is not io.FileIO or getattr(read, "__name__", "") != "read":
        return None
    try:
        file.flush()
        status = os.fstat(raw.fileno())
        position = file.tell()
    except (OSError, ValueError):
        return None  # a pipe has no position; of one that is closed, reading tells
    if not (stat.S_ISREG(status.st_mode) and raw.readable()):
        return None
    return raw.fileno(), position, status.st_size - position


def connect(java: dict[str, Callable[..., Any]], forked: memoryview) -> tuple[object, ...]:
    """Takes Java's functions; called once by Java. Returns what Java needs of this module."""
    Resume._resume, Resume._pending, Resume._dropped = java["resume"], java["pending"], java["dropped"]
    Input._read, Input._read_nowait = java["read"], java["read_nowait"]
    global _sever
    _sever = java["sever"]

    def in_child() -> None:
        global _is_child
        _is_child = True
        forked[0] = 1
        _die()

    if hasattr(os, "register_at_fork"):
        with contextlib.suppress(RuntimeError):  # interpreters that forbid fork
            os.register_at_fork(after_in_child=in_child)
    errors = Errors()
    return Resume, Input, FileWrapper, ClientDisconnected, ContractError, describe, end_child, file_range, errors


def disconnect(seconds: float) -> bool:
    """No call reaches Java any more: the JVM is about to end (P35).

    Waits up to so many seconds for those that are inside, and returns whether all have left.
    """
    _die()
    deadline = time.monotonic() + seconds
    while _sever():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True


def _die() -> None:
    """Resumes answer without Java, and no input can be read: in a forked child (P9), and at the end."""
    # Java's functions are no descriptors; a function of Python would be bound, and receive the resume as well.
    Resume._resume = Resume._pending = staticmethod(lambda _: False)
    Resume._dropped = staticmethod(lambda _: None)
    Input._read = Input._read_nowait = _gone


def end_child(error: BaseException | None) -> None:
    """Ends a forked child that came back from the application, as `error` says: the server is in its parent.

    Returns in any other process.
    """
    if not _is_child:
        return
    code = 0
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        code = 1
    try:
        if isinstance(error, SystemExit):
            if not isinstance(error.code, (int, type(None))):
                print(error.code, file=sys.stderr)
        elif error is not None:
            print(describe(error)[2], end="", file=sys.stderr)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os._exit(code)


def describe(error: BaseException) -> tuple[str, str, str, bool]:
    """Type, message and traceback of an exception, without the frames of this file; whether the client caused it."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(error)
    except Exception as broken:  # noqa: BLE001 - the application's code
        message = f"(its message cannot be had: {type(broken).__name__})"
    lines = traceback.format_exception(kind, error, own_frames_removed(error.__traceback__))
    return name, message, "".join(lines), _by_client(error)


def _by_client(error: BaseException | None) -> bool:
    """Whether it is a ClientDisconnected, or was raised because of one or while one was handled."""
    for _ in range(100):  # such chains can be circular
        if error is None or isinstance(error, ClientDisconnected):
            break
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return isinstance(error, ClientDisconnected)


def own_frames_removed(trace: TracebackType | None) -> TracebackType | None:
    """A traceback from the first frame that is neither this file's nor the import system's."""
    while trace and trace.tb_frame.f_code.co_filename in (__file__, importlib.__file__):
        trace = trace.tb_next
    while trace and trace.tb_frame.f_code.co_filename.startswith("<frozen importlib"):
        trace = trace.tb_next
    return trace


def load(target: str) -> Callable[..., Iterable[bytes]]:
    """The application that `target` names.

    A target is `module`, `module:attribute`, `module:factory(...)` or `path/to/file.py[:...]`.
    Raises LoadError for a wrong name; what the module itself raises comes out as it is.
    """
    name, _, expression = target.partition(":")
    module = _file(name) if name.endswith(".py") else _module(name)
    if not expression:
        expression = next((known for known in ("application", "app") if hasattr(module, known)), "application")
    application = _attribute(module, name, expression)
    if not callable(application):
        raise LoadError(f"{target}: {expression} is not callable, but of type {type(application).__name__}.")
    return application


def _module(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise LoadError(f"{name!r} is no module name. Try MODULE:ATTRIBUTE, as in hello:app, or path/to/file.py.")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name is None or not (name == missing.name or name.startswith(missing.name + ".")):
            raise
        raise LoadError(
            f"There is no module {missing.name!r} in {os.getcwd()} or on the path.{_similar(name)}"
        ) from None


def _similar(name: str) -> str:
    here = Path.cwd()
    files = [path.stem for path in here.glob("*.py")] + [path.parent.name for path in here.glob("*/__init__.py")]
    close = difflib.get_close_matches(name.split(".")[0], files, n=3)
    if close:
        return f" Did you mean {' or '.join(close)}?"
    return f" Here there are: {', '.join(sorted(files)[:10])}." if files else ""


def _file(name: str) -> ModuleType:
    path = Path(name).resolve()
    if not path.is_file():
        raise LoadError(f"There is no file {name}.")
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None, "a path that ends in .py has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _attribute(module: ModuleType, name: str, expression: str) -> object:
    try:
        tree = ast.parse(expression, mode="eval").body
        call = tree if isinstance(tree, ast.Call) else None
        path = ast.unparse(call.func if call else tree)
        if not all(part.isidentifier() for part in path.split(".")):
            raise ValueError(path)
        arguments = [ast.literal_eval(value) for value in call.args] if call else []
        keywords = {key.arg: ast.literal_eval(key.value) for key in call.keywords if key.arg} if call else {}
    except (SyntaxError, ValueError):
        raise LoadError(
            f"{expression!r} is neither a name nor a call with literal arguments, as in create_app()."
        ) from None
    found: Any = module
    for part in path.split("."):
        if not hasattr(found, part):
            raise LoadError(f"{name} has no attribute {path!r}.{_callables(module)}")
        found = getattr(found, part)
    return found(*arguments, **keywords) if call else found


def _callables(module: ModuleType) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and not isinstance(value, type)
    ]
    return f" It has: {', '.join(names[:10])}." if names else ""
