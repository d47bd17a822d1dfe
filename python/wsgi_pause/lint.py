"""A middleware that watches the stack below it, and says in one line each which rule was broken.

It works on any WSGI server and changes nothing: ``application = Lint(application)``, outermost. For development: it
looks at each function call after a pause. Comments that begin with two number signs make `docs/contract.md`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from wsgi_pause._types import Application, Environ, StartResponse

__all__ = ["Breach", "Lint", "contract"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
    *("te", "trailer", "trailers", "transfer-encoding", "upgrade"),
}
_GENERATOR = 0x20  # inspect.CO_GENERATOR
_EMPTY_IN_A_ROW = 10
_ADVICE = {
    "django.utils.text": "that is Django's GZipMiddleware: take it out of MIDDLEWARE and wrap the application in "
    "wsgi_pause.middleware.gzip, which flushes at block boundaries",
    "webob": "that is WebOb's gzip: do not call encode_content() for a stream; wrap the application in "
    "wsgi_pause.middleware.gzip, which flushes at block boundaries",
}
_REMEDY = "a chunk for each chunk of the child, an empty one if need be; or remove wsgi.pause_output from environ (P41)"


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

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        report = self._report
        if report is None:
            errors = environ["wsgi.errors"]

            def report(breach: Breach) -> None:
                errors.write(f"wsgi_pause.lint: {breach}\n")

        response = _Response(environ, start_response, report)
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
        self._bodyless = environ.get("REQUEST_METHOD") == "HEAD"
        self._empty_in_a_row = 0
        self._boundary: _Boundary | None = None
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

    def check_environ(self, environ: Environ) -> None:
        ## ## The environ
        ##
        ## `environ` is a `dict`, not a subclass and not a proxy. (PEP 3333, "Specification Details")
        if type(environ) is not dict:
            self.broken("PEP 3333", f"environ is a {type(environ).__name__}, not a dict")
        ## It has `REQUEST_METHOD`, `SERVER_NAME`, `SERVER_PORT`, `SERVER_PROTOCOL`, `wsgi.version`, `wsgi.url_scheme`,
        ## `wsgi.input` and `wsgi.errors`. (PEP 3333, "environ Variables")
        for key in (
            *("REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"),
            *("wsgi.version", "wsgi.url_scheme", "wsgi.input", "wsgi.errors"),
        ):
            if key not in environ:
                self.broken("PEP 3333", f"environ has no {key}")
        ## CGI variables are native strings of code points up to U+00FF. (PEP 3333, "Unicode Issues")
        for key, value in environ.items():
            if "." not in key and key.isupper() and not _is_latin_1(value):
                self.broken("PEP 3333", f"environ[{key!r}] is {_shown(value)}, not a str of code points up to U+00FF")
        ## `wsgi.pause_output` and `wsgi.input_handler` are callable or absent, never `None`. (P1)
        for key in ("wsgi.pause_output", "wsgi.input_handler"):
            if key in environ and not callable(environ[key]):
                self.broken("P1", f"environ[{key!r}] is {_shown(environ[key])}: it must be callable or absent")

    def start(self, status: Any, headers: Any, exc_info: Any = None) -> Any:
        ## ## start_response
        ##
        ## The status is a string: three digits, a space, a reason. (PEP 3333, "The start_response() Callable")
        if not (isinstance(status, str) and re.fullmatch(r"[1-9]\d\d [\x20-\x7e\x80-\xff\t]*", status)):
            self.broken("PEP 3333", f"the status is {_shown(status)}: it must be a str such as '200 OK'")
        ## The headers are a `list` of `tuple`s of two strings. (the same)
        if type(headers) is not list:
            self.broken("PEP 3333", f"the headers are a {type(headers).__name__}, not a list")
        for header in headers:
            self.check_header(header)
        ## A second call gives `exc_info`. (the same)
        if self._started and exc_info is None:
            self.broken("PEP 3333", "start_response was called again without exc_info")
        self._started = True
        lengths = [value for name, value in headers if str(name).lower() == "content-length"]
        ## There is at most one `Content-Length`, a number. (RFC 9110, section 8.6)
        if len(lengths) > 1 or not all(str(value).isdigit() for value in lengths):
            self.broken("RFC 9110, 8.6", f"the Content-Length is {', '.join(map(str, lengths))}")
        else:
            self._length = int(lengths[0]) if lengths else None
        self._bodyless = self._bodyless or str(status)[:3] in ("204", "304")
        write = self._start_response(status, headers, *(() if exc_info is None else (exc_info,)))

        def counted(data: bytes) -> None:
            self._sent += len(data)
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
        self._sent += len(chunk)
        ## No more than `Content-Length` bytes are sent... (PEP 3333, "Handling the Content-Length Header")
        if self._length is not None and self._sent > self._length and not self._bodyless:
            self.broken("PEP 3333", f"the body is longer than its Content-Length of {self._length}")

    def check_end(self) -> None:
        ## ...and no fewer. (the same)
        if self._length is not None and self._sent < self._length and not self._bodyless:
            self.broken("PEP 3333", f"the body has {self._sent} bytes, its Content-Length is {self._length}")
        ## A body does not end before `start_response` was called. (P19)
        if not self._started:
            self.broken("P19", "the body ended and start_response was never called")

    def pause(self) -> Any:
        """``wsgi.pause_output`` as the stack below sees it."""
        resume = self._pause()
        if self._boundary is not None:
            self._boundary.paused(sys._getframe(1))
        return resume

    def watch(self, step: Callable[[], Any]) -> Any:
        """Runs a step and looks at its boundary."""
        boundary = self._boundary = _Boundary()
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
        response.check_body(body)
        if hasattr(body, "__len__"):
            self.__class__ = _SizedBody

    def __iter__(self) -> _Body:
        return self

    def __next__(self) -> bytes:
        try:
            chunk: bytes = self._response.watch(self._step)
        except StopIteration:
            self._response.check_end()
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
        ## `close()` is called once. (PEP 3333, "Specification Details"; P25)
        if self._closed:
            self._response.broken("P25", "close() was called twice")
        self._closed = True
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


class _SizedBody(_Body):
    """A body whose number of chunks is known: the server makes a Content-Length of a single one."""

    def __len__(self) -> int:
        return len(self._body)


class _Boundary:
    """Finds out who steps a child again in the same step: after a pause, each call is looked at until the step ends."""

    def __init__(self) -> None:
        self.pauses = 0
        self.keys: set[object] = set()
        self.swallower: str | None = None
        self.data = 0
        self._module = ""
        self._returned: set[object] = set()
        self._frames: list[FrameType] = []  # kept, so that no other frame gets their identity
        self._former: Any = None

    def paused(self, frame: FrameType) -> None:
        """The code in this frame pauses: its generators and iterators, outwards up to this lint, are of interest."""
        self.pauses += 1
        if not self.keys:
            self._former = sys.getprofile()
        above: FrameType | None = frame
        while above is not None and above.f_code is not _Response.watch.__code__:
            key = _key(above)
            if key is not None:
                self.keys.add(key)
                self._frames.append(above)
            above = above.f_back
        if self.keys:
            sys.setprofile(self._look)

    def end(self) -> None:
        if self.keys:
            sys.setprofile(self._former)
        self._frames.clear()

    def advice(self) -> str:
        """What to do about it."""
        package = self._module.partition(".")[0]
        return f"What to do: {_ADVICE.get(self._module) or _ADVICE.get(package) or _REMEDY}"

    def _look(self, frame: FrameType, event: str, value: Any) -> None:
        if event == "return" and (key := _key(frame)) in self.keys:
            self._returned.add(key)
            if len(self._returned) == 1 and isinstance(value, bytes):
                self.data = len(value)
                self._module = _module(frame.f_back)
        elif event == "call" and self.swallower is None and (key := _key(frame)) in self._returned:
            self._module = _module(frame.f_back)
            code = frame.f_back.f_code if frame.f_back else frame.f_code
            self.swallower = f"{self._module}.{getattr(code, 'co_qualname', code.co_name)}"


def _key(frame: FrameType) -> object | None:
    """What a step of this generator, or of this iterator's `__next__`, is recognised by; None for other functions."""
    code: CodeType = frame.f_code
    if code.co_flags & _GENERATOR:
        return id(frame)
    if code.co_name == "__next__" and code.co_varnames:
        return code, id(frame.f_locals.get(code.co_varnames[0]))
    return None


def _module(frame: FrameType | None) -> str:
    return str(frame.f_globals.get("__name__", "?")) if frame is not None else "?"


def _is_latin_1(value: object) -> bool:
    return isinstance(value, str) and (value.isascii() or max(value) <= "\xff")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "..."


def contract() -> str:
    """The prose of this file, as Markdown."""
    with open(__file__, encoding="utf-8") as source:
        rules = [line.strip()[3:] for line in source if line.strip().startswith("## ") or line.strip() == "##"]
    text = [
        "# The contract, as it is checked",
        "",
        "Made from `wsgi_pause/lint.py`, where each rule stands beside its check.",
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
