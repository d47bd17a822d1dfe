"""The types of PEP 3333, as far as this package needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Protocol

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class StartResponse(Protocol):
    """PEP 3333, "The start_response() Callable"."""

    def __call__(self, status: str, headers: Headers, exc_info: ExcInfo | None = None, /) -> Write: ...


Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Resume(Protocol):
    """What ``wsgi.pause_output`` returns (P2, P15)."""

    def __call__(self, *ignored: object) -> bool: ...

    @property
    def pending(self) -> bool: ...


def close(chunks: object) -> None:
    """Calls the body's `close()`, if it has one."""
    closing = getattr(chunks, "close", None)
    if closing is not None:
        closing()
