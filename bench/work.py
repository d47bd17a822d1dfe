"""The kinds of work that are measured: which application, what is sent, and what is due."""

from __future__ import annotations

import dataclasses
import pathlib
import random
from importlib.metadata import distributions

from bench import plain

BUILD = pathlib.Path(__file__).resolve().parent.parent / "build" / "bench"
PLAIN = "bench.plain:app"
FLASK = "conformance.acceptance.apps.flask_hello:app"
DJANGO = "conformance.acceptance.apps.django_hello:app"
ASGI = "bench.plain_asgi:app"


@dataclasses.dataclass(frozen=True)
class Work:
    """One kind of work.

    `due` is the body of every right answer, `sent` what is posted.
    `pinned`: the servers get the machine's first core and the load generator the second.
    """

    name: str
    path: str = "/"
    app: str = PLAIN
    due: bytes = plain.HELLO
    sent: bytes | None = None
    connections: int = 64
    close: bool = False
    pinned: bool = False

    def files(self) -> list[str]:
        """Writes what is due, and what is sent, for bench/check.lua; returns the paths."""
        key = "".join(letter if letter.isalnum() else "-" for letter in self.name)
        paths = []
        for kind, data in (("due", self.due), ("sent", self.sent)):
            if data is not None:
                path = BUILD / "work" / f"{key}.{kind}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                paths.append(str(path))
        return paths


def file() -> bytes:
    """The file of 1 MiB; writes it where the application looks."""
    data = random.Random(1).randbytes(1 << 20)
    if not plain.FILE.exists() or plain.FILE.read_bytes() != data:
        plain.FILE.parent.mkdir(parents=True, exist_ok=True)
        plain.FILE.write_bytes(data)
    return data


def works(venv: pathlib.Path) -> list[Work]:
    """All of them, those of one application in a row. `venv`: where the frameworks are installed."""
    numbers = versions(venv)
    return [
        Work("12 bytes, one core", pinned=True),
        Work("12 bytes"),
        Work("12 bytes, 1 connection", connections=1),
        Work("12 bytes, 512 connections", connections=512),
        Work("12 bytes, a connection each", close=True),
        Work("10 KiB", "/10k", due=plain.TEN),
        Work("100 chunks", "/chunks", due=plain.CHUNK * 100),
        Work("echo 1 KiB", "/echo", due=b"e" * 1024, sent=b"e" * 1024),
        Work("echo 64 KiB", "/echo", due=b"e" * 65536, sent=b"e" * 65536),
        Work("file of 1 MiB", "/file", due=file()),
        Work("Flask", app=FLASK, due=f"Hello from Flask {numbers['flask']}\n".encode()),
        Work("Django", app=DJANGO, due=f"Hello from Django {numbers['django']}\n".encode()),
        Work("ASGI, 12 bytes", app=ASGI),
        Work("ASGI, 100 chunks", "/chunks", app=ASGI, due=plain.CHUNK * 100),
    ]


def versions(venv: pathlib.Path) -> dict[str, str]:
    """The versions of all that is installed in the environment, by name in lower case."""
    folders = [str(path) for path in venv.glob("lib/python3*/site-packages")]
    return {found.metadata["Name"].lower(): found.version for found in distributions(path=folders)}
