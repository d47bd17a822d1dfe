"""A middleware that watches the stack below it, and says in one line each which rule was broken.

It works on any WSGI server and changes nothing: ``application = Lint(application)``, outermost. A middleware has two
sides, so it is checked between two: ``Lint(middleware(Lint(application)))``; the inner one sees how it treats the
application. For development: it looks at each function call after a pause. Comments that begin with two number signs
make `docs/contract.md`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from wsgi_pause._boundary import Boundary
from wsgi_pause._types import Application, Environ, StartResponse

__all__ = ["Breach", "Lint", "contract"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "trailers", "transfer-encoding", "upgrade"),
}
_EMPTY_IN_A_ROW = 10


class Breach(NamedTuple):
    """A rule that was broken; ``text`` says by what, and what to do about it."""

    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


class Lint:
    """``report`` is called with each breach, in the thread of the step; by default a line goes to ``wsgi.errors``."""

    def __init__(self, application: Application, report: Callable[[Breach], object] | None = None) -> None:
        self._application = application
        self._report = report

    def __call__(self, *arguments: Any, **keywords: Any) -> Iterable[bytes]:
        environ, start_response = (*arguments, *keywords.values())
        report = self._report
        if report is None:
            errors = environ["wsgi.errors"]

            def report(breach: Breach) -> None:
                errors.write(f"wsgi_pause.lint: {breach}\n")

        response = _Response(environ, start_response, report)
        response.check_call(keywords)
        body = response.watch(lambda: self._application(response.environ, response.start))
        return _Body(response, body)


class _Response:
    """What is known of one response. Used by one step at a time."""

    def __init__(self, environ: Environ, start_response: StartResponse, report: Callable[[Breach], object]) -> None:
        self.environ = environ
        self._start_response = start_response
        self._report = report
        self._said: set[Breach] = set()
        self._started = False
        self._sent = 0
        self._length: int | None = None
        self._in_body = False
        self._chunks = 0
        self._refused = False
        self._environ_is_head = environ.get("REQUEST_METHOD") == "HEAD"
        self._bodyless = self._environ_is_head
        self._empty_in_a_row = 0
        self._boundary: Boundary | None = None
        self.check_environ(environ)
        pause = environ.get("wsgi.pause_output")
        if callable(pause):
            self._pause = pause
            environ["wsgi.pause_output"] = self.pause
        hints = environ.get("wsgi.early_hints")
        if callable(hints):
            environ["wsgi.early_hints"] = lambda headers: hints(self.check_hints(headers))

    def broken(self, rule: str, text: str) -> None:
        """Reports it, once for each response."""
        breach = Breach(rule, text)
        if breach not in self._said:
            self._said.add(breach)
            self._report(breach)

    def check_call(self, keywords: dict[str, Any]) -> None:
        ## ## The call
        ##
        ## The application is called with two positional arguments. (PEP 3333, "Specification Details")
        if keywords:
            self.broken("PEP 3333", f"the application was called with the keywords {', '.join(keywords)}")
        ## `start_response` is callable, and returns the `write` callable. (PEP 3333, "The start_response() Callable")
        if not callable(self._start_response):
            self.broken("PEP 3333", f"start_response is {_shown(self._start_response)}, not callable")

    def check_environ(self, environ: Environ) -> None:
        ## ## The environ
        ##
        ## `environ` is a `dict`, not a subclass and not a proxy. (PEP 3333, "Specification Details")
        if type(environ) is not dict:
            self.broken("PEP 3333", f"environ is a {type(environ).__name__}, not a dict")
        ## It has `REQUEST_METHOD`, `SERVER_NAME`, `SERVER_PORT` and `SERVER_PROTOCOL`, none of them empty, and all keys
        ## that begin with `wsgi.` and are no extension. (PEP 3333, "environ Variables")
        for key in (
            *("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"),
            *("wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors"),
            *("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"),
        ):
            if key not in environ:
                self.broken("PEP 3333", f"environ has no {key}")
            elif environ[key] == "":
                self.broken("PEP 3333", f"environ[{key!r}] is empty")
        self.check_values(environ)
        ## CGI variables are native strings of code points up to U+00FF. (PEP 3333, "Unicode Issues")
        for key, value in environ.items():
            if "." not in key and key.isupper() and not _is_latin_1(value):
                self.broken("PEP 3333", f"environ[{key!r}] is {_shown(value)}, not a str of code points up to U+00FF")
        ## `wsgi.pause_output` and `wsgi.input_handler` are callable or absent, never `None`. (P1)
        for key in ("wsgi.pause_output", "wsgi.input_handler"):
            if key in environ and not callable(environ[key]):
                self.broken("P1", f"environ[{key!r}] is {_shown(environ[key])}: it must be callable or absent")

    def check_values(self, environ: Environ) -> None:
        ## `wsgi.version` is the tuple `(1, 0)`, `wsgi.url_scheme` is `http` or `https`. (PEP 3333, "environ
        ## Variables")
        for key, right in (("wsgi.version", [(1, 0)]), ("wsgi.url_scheme", ["http", "https"])):
            if key in environ and environ[key] not in right:
                self.broken("PEP 3333", f"environ[{key!r}] is {_shown(environ[key])}")
        ## `SCRIPT_NAME` is empty or a path without a slash at its end, `PATH_INFO` is empty or begins with a slash, and
        ## not both are empty. (PEP 3333, "environ Variables" and "URL Reconstruction")
        script, path = environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", "")
        if script and (not str(script).startswith("/") or str(script).endswith("/")):
            self.broken("PEP 3333", f"SCRIPT_NAME is {_shown(script)}: it must be empty or a path such as '/app'")
        if path and not str(path).startswith("/") and (path, environ.get("REQUEST_METHOD")) != ("*", "OPTIONS"):
            self.broken("PEP 3333", f"PATH_INFO is {_shown(path)}: it must be empty or begin with a slash")
        if not script and not path:
            self.broken("PEP 3333", "SCRIPT_NAME and PATH_INFO are both empty: the path of a site's root is '/'")
        ## The length and the type of the content are in `CONTENT_LENGTH` and `CONTENT_TYPE` alone. (the same)
        for key in ("HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE"):
            if key in environ:
                self.broken("PEP 3333", f"environ has {key}: it must be {key[5:]}")
        if not re.fullmatch("[0-9]*", str(environ.get("CONTENT_LENGTH", ""))):
            self.broken("PEP 3333", f"CONTENT_LENGTH is {_shown(environ['CONTENT_LENGTH'])}, no number")
        ## `wsgi.input` can be read by `read`, `readline`, `readlines` and iteration, `wsgi.errors` has `write`,
        ## `writelines` and `flush`. (PEP 3333, "Input and Error Streams")
        for key, methods in (
            ("wsgi.input", ("read", "readline", "readlines", "__iter__")),
            ("wsgi.errors", ("write", "writelines", "flush")),
        ):
            for method in methods:
                if key in environ and not hasattr(environ[key], method):
                    self.broken("PEP 3333", f"{key}, a {type(environ[key]).__name__}, has no {method}")

    def start(self, status: Any, headers: Any, exc_info: Any = None) -> Any:
        ## ## start_response
        ##
        ## The status is a string: three digits, a space, a reason. (PEP 3333, "The start_response() Callable")
        if not (isinstance(status, str) and re.fullmatch(r"[1-9]\d\d [\x20-\x7e\x80-\xff\t]*", status)):
            self.broken("PEP 3333", f"the status is {_shown(status)}: it must be a str such as '200 OK'")
        ## It is that of a final response: 200 or more. (RFC 9110, section 15)
        elif status < "2":
            self.broken("RFC 9110, 15", f"the status {status} is no final one")
        ## The headers are a `list` of `tuple`s of two strings. (the same)
        if type(headers) is not list:
            self.broken("PEP 3333", f"the headers are a {type(headers).__name__}, not a list")
        for header in headers:
            self.check_header(header)
        ## A second call gives `exc_info`, the tuple of `sys.exc_info()`. (the same)
        if self._started and exc_info is None:
            self.broken("PEP 3333", "start_response was called again without exc_info")
        if exc_info is not None and not _is_exc_info(exc_info):
            self.broken("PEP 3333", f"exc_info is {_shown(exc_info)}, not the tuple of sys.exc_info()")
        self._started = True
        lengths = [value for name, value in headers if str(name).lower() == "content-length"]
        ## There is at most one `Content-Length`, a number. (RFC 9110, section 8.6)
        if len(lengths) > 1 or not all(str(value).isdigit() for value in lengths):
            self.broken("RFC 9110, 8.6", f"the Content-Length is {', '.join(map(str, lengths))}")
        else:
            self._length = int(lengths[0]) if lengths else None
        ## There is none with 204, which has no content. (the same)
        if lengths and str(status)[:3] == "204":
            self.broken("RFC 9110, 8.6", "a response of 204 has a Content-Length")
        self._bodyless = self._environ_is_head or str(status)[:3] in ("204", "304")
        try:
            write = self._start_response(status, headers, *(() if exc_info is None else (exc_info,)))
        except BaseException:
            self._refused = exc_info is not None
            raise
        if not callable(write):
            self.broken("PEP 3333", f"start_response returned {_shown(write)}, not the write callable")

        def counted(data: bytes) -> None:
            self.check_write(data)
            write(data)

        return counted

    def check_header(self, header: Any) -> None:
        if not (type(header) is tuple and len(header) == 2 and all(_is_latin_1(part) for part in header)):
            self.broken("PEP 3333", f"the header {_shown(header)} is not a tuple of two strings up to U+00FF")
            return
        name, value = header
        ## A name is a token of RFC 9110, a value has no control characters. (RFC 9110, sections 5.1 and 5.5)
        if not _TOKEN.fullmatch(name) or _CONTROL.search(value):
            self.broken("RFC 9110, 5", f"the header {name!r}: {value!r} has characters that no header may have")
        ## Connection and its like are the server's. (PEP 3333, "Other HTTP Features")
        if name.lower() in _HOP_BY_HOP:
            self.broken("PEP 3333", f"{name} is a hop-by-hop header: the server's, not the application's")
        ## The status is no header, as it is in CGI. (PEP 3333, "The start_response() Callable")
        if name.lower() == "status":
            self.broken("PEP 3333", "Status is no header: it is the first argument of start_response")

    def check_write(self, data: Any) -> None:
        ## `write` is called with a `bytes`... (PEP 3333, "The write() Callable")
        if not isinstance(data, bytes):
            self.broken("PEP 3333", f"write() was given {_shown(data)}, not bytes")
            return
        ## ...and not while the body is iterated. (the same)
        if self._in_body:
            self.broken("PEP 3333", "write() was called in a step of the body: yield the data")
        self._count(data)

    def check_hints(self, headers: Iterable[Any]) -> list[Any]:
        ## ## Early hints
        ##
        ## `wsgi.early_hints` takes headers as `start_response` does, but no `Content-Length`. (RFC 8297; RFC 9110,
        ## section 8.6)
        checked = list(headers)
        for header in checked:
            self.check_header(header)
            if type(header) is tuple and header and str(header[0]).lower() == "content-length":
                self.broken("RFC 9110, 8.6", "Content-Length in early hints, which have no body")
        return checked

    def check_body(self, body: Any) -> None:
        ## ## The body
        ##
        ## The body is an iterable of bytestrings, and none itself. (PEP 3333, "Specification Details")
        if isinstance(body, (str, bytes)):
            self.broken(
                "PEP 3333", f"the body is a {type(body).__name__}, not an iterable of bytes: put it into a list"
            )

    def check_chunk(self, chunk: Any) -> None:
        ## Each chunk is a `bytes`. (PEP 3333, "Unicode Issues")
        if not isinstance(chunk, bytes):
            self.broken("PEP 3333", f"a chunk is {_shown(chunk)}, not bytes")
            return
        ## `start_response` is called before the first chunk that is not empty. (PEP 3333, "Specification Details")
        if chunk and not self._started:
            self.broken("PEP 3333", "a chunk came before start_response was called")
        self._chunks += 1
        ## What `start_response` raises as the headers were sent goes up to the server. (PEP 3333, "Error Handling")
        if self._refused and chunk:
            self.broken("PEP 3333", "start_response raised exc_info, as the headers were sent, and the body went on")
        self._count(chunk)

    def _count(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        ## A response of 204 or 304 has no data. (RFC 9110, sections 15.3.5 and 15.4.5)
        if chunk and self._bodyless and not self._environ_is_head:
            self.broken("RFC 9110, 15", f"{len(chunk)} bytes of data for a status that can have none")
        ## No more than `Content-Length` bytes are sent... (PEP 3333, "Handling the Content-Length Header")
        if self._length is not None and self._sent > self._length and not self._bodyless:
            self.broken("PEP 3333", f"the body is longer than its Content-Length of {self._length}")

    def check_end(self, size: int | None) -> None:
        ## ...and no fewer. (the same)
        if self._length is not None and self._sent < self._length and not self._bodyless:
            self.broken("PEP 3333", f"the body has {self._sent} bytes, its Content-Length is {self._length}")
        ## A body with a `len()` has as many chunks. (PEP 3333, "Handling the Content-Length Header")
        if size is not None and self._chunks != size:
            self.broken("PEP 3333", f"the len() of the body is {size}, and it had {self._chunks} chunks")
        ## A body does not end before `start_response` was called. (P19)
        if not self._started:
            self.broken("P19", "the body ended and start_response was never called")

    def pause(self) -> Any:
        """``wsgi.pause_output`` as the stack below sees it."""
        resume = self._pause()
        if self._boundary is not None:
            self._boundary.paused(sys._getframe(1))
        return resume

    def watch_step(self, step: Callable[[], Any]) -> Any:
        """As `watch`, for a step of the body."""
        self._in_body = True
        try:
            return self.watch(step)
        finally:
            self._in_body = False

    def watch(self, step: Callable[[], Any]) -> Any:
        """Runs a step and looks at its boundary."""
        boundary = self._boundary = Boundary(_Response.watch.__code__)
        try:
            result = step()
        finally:
            self._boundary = None
            boundary.end()
        if boundary.swallower is not None:
            ## ## Block boundaries
            ##
            ## One outer yield for each inner yield: a middleware never steps its child twice in one step of its own.
            ## (PEP 3333, "Middleware Handling of Block Boundaries"; P40, P43)
            text = f"{boundary.swallower} steps its child again without a yield of its own"
            self.broken("P40", f"{text}. {boundary.advice()}")
        elif boundary.data and result == b"":
            ## What a pausing step yields is handed on in that step, not kept for a later one. (P17, P41)
            text = f"{boundary.data} bytes of a step that paused were held back"
            self.broken("P17", f"{text}. {boundary.advice()}")
        ## An application that has nothing to send pauses: empty chunks alone make the server poll. (P21)
        self._empty_in_a_row = self._empty_in_a_row + 1 if result == b"" and not boundary.pauses else 0
        if self._empty_in_a_row == _EMPTY_IN_A_ROW:
            self.broken("P21", f"{_EMPTY_IN_A_ROW} empty chunks in a row without a pause make the server poll")
        return result


class _Body:
    """The body as the server sees it."""

    def __init__(self, response: _Response, body: Any) -> None:
        self._response = response
        self._body = body
        self._iterator: Iterator[bytes] | None = None
        self._closed = False
        self._size: int | None = None
        response.check_body(body)
        if hasattr(body, "__len__"):
            self.__class__ = _SizedBody
            self._size = len(body)

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        self._check_open()
        try:
            chunk: bytes = self._response.watch_step(self._step)
        except StopIteration:
            self._response.check_end(self._size)
            raise
        self._response.check_chunk(chunk)
        return chunk

    def _step(self) -> bytes:
        if self._iterator is None:
            self._iterator = iter(self._body)
        return next(self._iterator)

    def close(self) -> None:
        ## ## The end
        ##
        ## `close()` is called once: by the server; by a middleware for its child. (PEP 3333, "Specification
        ## Details"; P25)
        if self._closed:
            self._response.broken("P25", "close() was called twice")
        self._closed = True
        close = getattr(self._body, "close", None)
        if close is not None:
            close()

    def _check_open(self) -> None:
        ## No step is taken after it. (the same)
        if self._closed:
            self._response.broken("P25", "a step was taken after close()")

    def __del__(self) -> None:
        if not self._closed and hasattr(self._body, "close"):
            self._response.broken("P25", f"close() of the body, a {type(self._body).__name__}, was never called")


class _SizedBody(_Body):
    """A body whose number of chunks is known: the server makes a Content-Length of a single one."""

    def __len__(self) -> int:
        return len(self._body)


def _is_latin_1(value: object) -> bool:
    return isinstance(value, str) and (value.isascii() or max(value) <= "\xff")


def _is_exc_info(value: object) -> bool:
    return (
        type(value) is tuple
        and len(value) == 3
        and isinstance(value[1], BaseException)
        and isinstance(value[2], TracebackType | None)
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def contract() -> str:
    """The prose of this file and of the middleware's, as Markdown."""
    rules = []
    for name in (__file__, str(Path(__file__).with_name("_children.py"))):
        with open(name, encoding="utf-8") as source:
            rules += [line.strip()[3:] for line in source if line.strip().startswith("## ") or line.strip() == "##"]
    text = [
        "# The contract, as it is checked",
        "",
        "Made from `wsgi_pause/lint.py` and `wsgi_pause/_children.py`, where each rule stands beside its check. A",
        "breach is one line with its rule: `./pausa check MODULE:APP` checks an application with all its middleware,",
        "`./pausa check --middleware MODULE:MIDDLEWARE` a middleware alone, and `wsgi_pause.lint.Lint` on any server.",
    ]
    paragraph = ""
    for rule in [*rules, "## "]:
        if rule.startswith("## ") or not rule:
            text += [f"- {paragraph}"] if paragraph else []
            paragraph = ""
            text += ["", rule, ""] if rule.strip("# ") else []
        else:
            paragraph = f"{paragraph} {rule}".strip()
            if rule.endswith((")", ").")) and "(" in paragraph:
                text.append(f"- {paragraph}")
                paragraph = ""
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    print(contract(), end="")
