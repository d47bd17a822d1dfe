"""Compression that flushes at block boundaries."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from wsgi_pause._types import Application, Environ, ExcInfo, Headers, StartResponse, Write, close

_COMPRESSIBLE = re.compile(
    r"text/|application/(?:json|javascript|xml|wasm|x-ndjson)\b|image/svg\+xml\b|[^;]+\+(?:json|xml)\b", re.IGNORECASE
)
_WORTH_IT = 200
"""Bytes below which a body of known length is sent as it is."""

_UNTOUCHABLE = {"content-encoding", "content-range", "content-digest", "digest", "content-md5"}
"""Headers that speak of the content's very bytes."""


def gzip(app: Application, *, level: int = 6) -> Application:
    """Compresses text, JSON, XML and the like for clients that accept gzip.

    Each chunk is flushed: the client can decode at once what the application has yielded (P18, P40). Left alone are
    responses that are encoded already, ranges, and those with ``Cache-Control: no-transform``. ``level`` is zlib's, 0
    to 9. Not for pages that show a secret beside what the request sent (BREACH).
    """

    def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        coder = _Coder(start_response, accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")), level)
        chunks = app(environ, coder.start)
        if not coder.decided:
            return _Body(coder, chunks)
        if not coder.coding:
            coder.accepted = False  # also if an error page replaces it: this body goes out as it is
            return chunks
        if isinstance(chunks, (list, tuple)) and len(chunks) == 1:
            return [coder.encode(chunks[0], last=True)]  # one piece, so that the server can tell its length
        return _Body(coder, chunks)

    return wsgi


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client that sends this header can take gzip (RFC 9110, section 12.5.3)."""
    weights = {}
    for member in accept_encoding.split(","):
        coding, *parameters = (part.strip() for part in member.lower().split(";"))
        weights[coding] = _weight(parameters)
    return next((weights[name] > 0 for name in ("gzip", "x-gzip", "*") if name in weights), False)


def _weight(parameters: list[str]) -> float:
    """The quality value (RFC 9110, section 12.4.2); 0 for what is none."""
    for parameter in parameters:
        name, _, value = (part.strip() for part in parameter.partition("="))
        if name == "q":
            return float(value) if re.fullmatch(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?", value) else 0.0
    return 1.0


class _Coder:
    """One response: decides when it starts whether it is compressed, and compresses it."""

    def __init__(self, start_response: StartResponse, accepted: bool, level: int) -> None:
        self._start_response = start_response
        self._level = level
        self._zlib: zlib._Compress | None = None
        self.accepted = accepted
        self.decided = False

    @property
    def coding(self) -> bool:
        """Whether this response is compressed."""
        return self._zlib is not None

    def start(self, status: str, headers: Headers, exc_info: ExcInfo | None = None, /) -> Write:
        """The application's `start_response`."""
        compressible = _compressible(status, headers)
        coding = compressible and self.accepted
        if coding:
            headers = _coded(headers)
        if compressible:
            headers = _varying(headers)
        write = self._start_response(status, headers, exc_info)  # may raise exc_info: then all stays as it was
        self.decided = True
        # 16: gzip's format, not zlib's.
        self._zlib = zlib.compressobj(self._level, zlib.DEFLATED, 16 + zlib.MAX_WBITS) if coding else None
        return (lambda data: write(self.encode(data))) if coding else write

    def encode(self, chunk: bytes, last: bool = False) -> bytes:
        """The chunk, decodable at once."""
        if self._zlib is None:
            return chunk
        coded = self._zlib.compress(chunk) if chunk else b""
        if last:
            return coded + self._zlib.flush()
        return coded + self._zlib.flush(zlib.Z_SYNC_FLUSH) if chunk else b""


def _compressible(status: str, headers: Headers) -> bool:
    values: dict[str, str] = {}
    for name, value in headers:
        values[name.lower()] = ", ".join(filter(None, (values.get(name.lower()), value)))
    length = values.get("content-length", "")
    return (
        status[:3] not in ("204", "206", "304")
        and _UNTOUCHABLE.isdisjoint(values)
        and "no-transform" not in values.get("cache-control", "").lower()
        and _COMPRESSIBLE.match(values.get("content-type", "")) is not None
        and not (length.isdecimal() and int(length) < _WORTH_IT)
    )


def _coded(headers: Headers) -> Headers:
    """The headers of the compressed response."""
    kept = []
    for name, value in headers:
        lower = name.lower()
        if lower == "etag" and value.startswith('"'):
            value = "W/" + value  # the same page, other bytes (RFC 9110, section 8.8.1)
        if lower not in ("content-length", "accept-ranges"):
            kept.append((name, value))
    return [*kept, ("Content-Encoding", "gzip")]


def _varying(headers: Headers) -> Headers:
    for name, value in headers:
        if name.lower() == "vary" and not {"*", "accept-encoding"}.isdisjoint(re.split(r"[\s,]+", value.lower())):
            return headers
    return [*headers, ("Vary", "Accept-Encoding")]


class _Body:
    """One chunk for each of the application's, and gzip's trailer after the last."""

    def __init__(self, coder: _Coder, chunks: Iterable[bytes]) -> None:
        self._coder = coder
        self._chunks = chunks
        self._iterator: Iterator[bytes] = iter(())
        self._ended = False

    def __iter__(self) -> _Body:
        self._iterator = iter(self._chunks)
        return self

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        try:
            chunk = next(self._iterator)
        except StopIteration:
            self._ended = True
            if not self._coder.coding:
                raise
            return self._coder.encode(b"", last=True)
        return self._coder.encode(chunk)

    def close(self) -> None:
        close(self._chunks)
