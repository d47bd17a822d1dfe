"""Files and what looks like them, as bodies by `wsgi.file_wrapper`: `/files?kind=`."""

# ruff: noqa: SIM115 (the server closes them)

from __future__ import annotations

import gzip
import io
import itertools
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.cases.recorder import Body, Environ, StartResponse, of, query
from conformance.cases.tools import route

CONTENT = bytes(range(256)) * 400
_FILE = tempfile.NamedTemporaryFile()
_FILE.write(CONTENT)
_FILE.flush()
THIS = Path(_FILE.name)
LATE = b"written into the buffer"


class Upper(io.FileIO):
    """What is read of it is not what lies in the file."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(-1 if size is None else size).upper()


class Proxy:
    """Its `read` is that of the file inside, as with Django's `File`."""

    def __init__(self, file: Any) -> None:
        self.read = file.read
        self.close = file.close


def _ahead() -> Any:
    """Its descriptor stands at the end already."""
    file = THIS.open("rb")
    file.read(10)
    return file


def _unflushed() -> Any:
    file = tempfile.TemporaryFile()
    file.write(bytes(40000))
    file.seek(5000)
    file.write(LATE)
    file.seek(-len(LATE), os.SEEK_CUR)
    file.write(LATE[:1])
    return file


def _pipe() -> Any:
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as end:
        end.write(b"through a pipe")
    return os.fdopen(reader, "rb")


def _closed() -> Any:
    file = THIS.open("rb")
    file.close()
    return file


def _write_only() -> Any:
    descriptor, name = tempfile.mkstemp()
    os.write(descriptor, b"WRONG")
    os.close(descriptor)
    file = Path(name).open("ab", buffering=0)
    os.unlink(name)
    file.seek(0)
    return file


def _compressed() -> Any:
    file = tempfile.TemporaryFile()
    with gzip.open(file, "wb") as packed:
        packed.write(b"unpacked" * 100)
    file.seek(0)
    return gzip.open(file)


KINDS: dict[str, Callable[[], Any]] = {
    "buffered": lambda: THIS.open("rb"),
    "ahead": _ahead,
    "raw": lambda: THIS.open("rb", buffering=0),
    "both-ways": lambda: THIS.open("r+b"),
    "unflushed": _unflushed,
    "proxy": lambda: Proxy(THIS.open("rb")),
    "empty": tempfile.TemporaryFile,
    "small": lambda: Path(__file__).open("rb"),
    "of-the-kernel": lambda: Path("/proc/self/cmdline").open("rb"),
    "compressed": _compressed,
    "subclass": lambda: Upper(THIS),
    "pipe": _pipe,
    "text": lambda: THIS.open(),
    "closed": _closed,
    "write-only": _write_only,
}


@route("files")
def files(environ: Environ, start_response: StartResponse) -> Body:
    """`?kind=`: what; `seek=`: from where; `length=`: Content-Length; `write=`: sent by `write()` before.

    `path=` names a file of the test's, `chained=` hides the wrapper behind another iterator.

    Notes where the file stands when it is closed: somewhere else if it was read.
    """
    recorder, asked = of(environ), query(environ)
    file: Any = Path(asked["path"]).open("rb") if "path" in asked else KINDS[asked["kind"]]()
    if "seek" in asked:
        file.seek(int(asked["seek"]))
    before = file.tell() if asked["kind"] in ("buffered", "ahead", "raw", "both-ways") else None
    close = file.close

    def closing() -> None:
        recorder.note("read", before != file.tell() if before is not None else None)
        close()
        recorder.note("close")

    if type(file) is not Upper:
        file.close = closing
    length = [("Content-Length", asked["length"])] if "length" in asked else []
    write = start_response(asked.get("status", "200 OK"), [("Content-Type", "application/octet-stream"), *length])
    if "write" in asked:
        write(asked["write"].encode())
    wrapped: Body = environ["wsgi.file_wrapper"](file, 1000)
    return itertools.chain(wrapped) if "chained" in asked else wrapped
