"""An HTTP/1.1 client for tests: sockets by hand, raw bytes, and the time at which each came. Not for any other use."""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from dataclasses import dataclass, field

Address = tuple[str, int]


@dataclass
class Response:
    """One response, or as much of it as came."""

    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    arrivals: list[tuple[float, bytes]] = field(default_factory=list)
    complete: bool = False
    head_at: float = 0.0

    @property
    def body(self) -> bytes:
        return b"".join(data for _, data in self.arrivals)

    def header(self, name: str) -> str | None:
        """The field's value; ``None`` if it is absent, an error if it came twice."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2, (name, values)
        return values[0] if values else None


def chunked(body: bytes, size: int) -> bytes:
    """``body`` in the chunked coding, with chunks of that size."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


class Connection:
    """One connection; times are CLOCK_MONOTONIC in seconds. Every wait is bounded by ``timeout``."""

    def __init__(
        self,
        address: Address,
        *,
        timeout: float = 20.0,
        receive_buffer: int | None = None,
        source: str | None = None,
        segment: int | None = None,
    ) -> None:
        """``segment``: bytes of a TCP segment; those of loopback make the kernel buffer megabytes for each sender."""
        self.timeout = timeout
        self.buffer = b""
        self.filled_at = 0.0
        self.ended = False
        self.reset_by_peer = False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            self.socket.bind((source, 0))
        if segment is not None:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> float:
        """Sends all of ``data``; the time when that was done."""
        self.socket.sendall(data)
        return time.monotonic()

    def request(self, target: str, method: str = "GET", headers: str = "", body: bytes = b"") -> float:
        """Sends a request; ``headers`` are whole lines, each with its CRLF."""
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        return self.send(f"{method} {target} HTTP/1.1\r\nHost: test\r\n{length}{headers}\r\n".encode("latin-1") + body)

    def response(self, method: str = "GET", timeout: float | None = None) -> Response:
        """Reads one response to its end; ``complete`` is false if it was cut."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        response = Response()
        while True:
            if not self._head(response, deadline):
                return response
            if response.status >= 200:
                break
            response = Response()
        response.head_at = self.filled_at
        self._body(response, method, deadline)
        return response

    def first(self, timeout: float | None = None) -> Response:
        """Reads the head and what has come of a chunked body by then, at least one chunk."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        response = Response()
        assert self._head(response, deadline), "no response head"
        assert response.header("Transfer-Encoding") == "chunked", response.headers
        assert self._chunk(response, deadline), "no first chunk"
        return response

    def head(self, timeout: float | None = None) -> Response:
        """Reads one head and no further, also of an interim response."""
        response = Response()
        assert self._head(response, time.monotonic() + (self.timeout if timeout is None else timeout)), "no head"
        return response

    def body(self, response: Response, method: str = "GET") -> Response:
        """Reads on after :meth:`head`."""
        self._body(response, method, time.monotonic() + self.timeout)
        return response

    def flood(self, data: bytes, times: int) -> int:
        """Sends ``data`` so often, or until nobody takes more for half a second; how many bytes went."""
        sent = 0
        self.socket.settimeout(0.5)
        with contextlib.suppress(TimeoutError):
            for _ in range(times):
                sent += self.socket.send(data)
        return sent

    def rest(self, response: Response, timeout: float | None = None) -> Response:
        """Reads on after :meth:`first`."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while self._chunk(response, deadline):
            pass
        return response

    def more(self, response: Response, timeout: float | None = None) -> bool:
        """Reads one more chunk after :meth:`first`; false at the end."""
        return self._chunk(response, time.monotonic() + (self.timeout if timeout is None else timeout))

    def silent(self, seconds: float) -> bool:
        """Whether nothing comes for that long, not even an end."""
        if self.buffer:
            return False
        self.socket.settimeout(seconds)
        try:
            self.buffer = self.socket.recv(65536)
        except TimeoutError:
            return True
        except ConnectionResetError:
            self.reset_by_peer = self.ended = True
        return False

    def ends(self, timeout: float | None = None) -> bool:
        """Whether the server ends the connection without another byte."""
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        return not self.buffer and not self._fill(deadline) and self.ended

    def half_close(self) -> float:
        """Shuts the sending side down (FIN) and goes on listening."""
        self.socket.shutdown(socket.SHUT_WR)
        return time.monotonic()

    def reset(self) -> float:
        """Resets the connection (RST)."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        return time.monotonic()

    def close(self) -> float:
        with contextlib.suppress(OSError):
            self.socket.close()
        return time.monotonic()

    def _fill(self, deadline: float) -> bool:
        if self.ended:
            return False
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"nothing more after {self.buffer[-200:]!r}")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(262144)
        except ConnectionResetError:
            self.reset_by_peer = True
            data = b""
        self.filled_at = time.monotonic()
        self.ended = not data
        self.buffer += data
        return bool(data)

    def _line(self, deadline: float) -> bytes | None:
        while b"\r\n" not in self.buffer:
            if not self._fill(deadline):
                return None
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def _take(self, count: int, deadline: float) -> bytes | None:
        """``count`` bytes, or ``None`` if the connection ended before them."""
        if count > len(self.buffer):
            pieces, have = [self.buffer], len(self.buffer)
            self.buffer = b""
            while have < count and self._fill(deadline):
                pieces.append(self.buffer)
                have += len(self.buffer)
                self.buffer = b""
            self.buffer = b"".join(pieces)
            if have < count:
                return None
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def _head(self, response: Response, deadline: float) -> bool:
        line = self._line(deadline)
        if line is None:
            return False
        version, status, reason = line.decode("latin-1").split(" ", 2)
        assert version == "HTTP/1.1", line
        response.status, response.reason = int(status), reason
        while (line := self._line(deadline)) != b"":
            if line is None:
                return False
            name, value = line.decode("latin-1").split(":", 1)
            response.headers.append((name, value.strip()))
        return True

    def _body(self, response: Response, method: str, deadline: float) -> None:
        length = response.header("Content-Length")
        if method == "HEAD" or response.status in (204, 304):
            response.complete = True
        elif response.header("Transfer-Encoding") == "chunked":
            assert length is None, response.headers
            self.rest(response, deadline - time.monotonic())
        elif length is not None:
            data = self._take(int(length), deadline)
            response.complete = data is not None
            response.arrivals.append((self.filled_at, self.buffer if data is None else data))
        else:
            while self._fill(deadline):
                pass
            response.complete = not self.reset_by_peer
            response.arrivals.append((self.filled_at, self.buffer))
            self.buffer = b""

    def _chunk(self, response: Response, deadline: float) -> bool:
        """One more chunk; false after the last one, or at a cut."""
        size = self._line(deadline)
        if size is None:
            return False
        data = self._take(int(size, 16) + 2, deadline)
        if data is None:
            return False
        assert data[-2:] == b"\r\n", data[-20:]
        if data == b"\r\n":
            response.complete = True
            return False
        response.arrivals.append((self.filled_at, data[:-2]))
        return True
