"""Echoes an upload line by line while it still comes: however slowly it is sent, it holds no thread between two pieces.

    ./pausa examples.echo_lines:app
    (while sleep 1; do date; done) | curl -sNT - http://127.0.0.1:8000/

It works on every WSGI server that hands on a body that is still being sent; where it cannot pause, each upload holds a
thread.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

LONGEST = 65536  # bytes of an unfinished line that are kept


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("X-Accel-Buffering", "no")])
    return echo(environ)


def echo(environ: dict[str, Any]) -> Iterator[bytes]:
    source = environ["wsgi.input"]
    pause, on_input = environ.get("wsgi.pause_output"), environ.get("wsgi.input_handler")
    rest = b""
    while pause and on_input:
        resume = pause()  # "Do not ask me for more before `resume` is called ...
        cancel = on_input(source, resume)  # ... which the server does when there is something to read ...
        if cancel is None:  # Not for this input: a middleware has put its own in place.
            resume()
            break
        yield b""  # ... and now I have nothing." The thread is free.
        cancel()  # Woken by something else, if that answers True.
        if resume.pending:  # Asked too early: a middleware did not hand on the empty chunk.
            resume()
            break
        piece = source.read_nowait()
        if piece == b"":  # The end; None would be "nothing yet".
            yield rest
            return
        lines, newline, rest = (rest + (piece or b"")).rpartition(b"\n")
        if newline or len(rest) > LONGEST:
            if not newline:
                lines, rest = rest, b""
            yield lines + newline
    # Nobody will tell when there is more: read what is left by waiting for it.
    yield rest + source.readline()
    yield from iter(source.readline, b"")
