"""The body of a request, piece by piece, without a thread where the server can do that."""

from __future__ import annotations

from collections.abc import Callable

from wsgi_pause._types import Environ, Resume

PIECE = 65536


class Upload:
    """Reads `wsgi.input` no further than the body's end. Used by the request's own steps only."""

    __slots__ = ("_arm", "_cancel", "_left", "_stream")

    def __init__(self, environ: Environ) -> None:
        self._stream = environ["wsgi.input"]
        # Looked up on the type: a proxy that some middleware put there must not be bypassed (P51).
        waitless = hasattr(type(self._stream), "read_nowait")
        self._arm: Callable[..., Callable[[], bool] | None] | None = (
            environ.get("wsgi.input_handler") if waitless else None
        )
        self._cancel: Callable[[], bool] | None = None
        length = environ.get("CONTENT_LENGTH")
        # What is left; -1: as much as comes before the end (P60).
        self._left = int(length) if length else -1 if environ.get("wsgi.input_terminated") else 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self._left == 0

    @property
    def can_wake(self) -> bool:
        """Whether `when_readable` may work, and `read_nowait` tells whether a piece is there."""
        return self._arm is not None

    def read_nowait(self) -> bytes | None:
        """A piece; `b""` at the end; None if nothing is there yet, or if only a wait could tell.

        Raises OSError if the body is cut short.
        """
        if self.ended:
            return b""
        if self._arm is None:
            return None
        piece: bytes | None = self._stream.read_nowait(self._size())
        return piece if piece is None else self._count(piece)

    def read(self) -> bytes:
        """A piece; `b""` at the end. Waits for it. Raises OSError if the body is cut short."""
        if self.ended:
            return b""
        read = getattr(self._stream, "read1", self._stream.read)
        return self._count(read(self._size()))

    def when_readable(self, resume: Resume) -> bool:
        """Has the server call `resume` when there is a piece; False if it cannot, or not for this input."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        if self._arm is not None:
            self._cancel = self._arm(self._stream, resume)
            if self._cancel is None:
                self._arm = None
        return self._cancel is not None

    def _size(self) -> int:
        return PIECE if self._left < 0 else min(self._left, PIECE)

    def _count(self, piece: bytes) -> bytes:
        if self._left > 0:
            if not piece:
                # Servers other than Pausa tell it so.
                raise ConnectionError(f"the request's body ended {self._left} bytes too early")
            self._left -= len(piece)
        elif not piece:
            self._left = 0
        return piece
