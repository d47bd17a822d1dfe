"""Finds out who steps a child twice in one step of its own (P40): what `wsgi_pause.lint` sees of a stack's insides."""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

_GENERATOR = 0x20  # inspect.CO_GENERATOR
ADVICE = {
    "django.utils.text": "that is Django's GZipMiddleware: take it out of MIDDLEWARE and wrap the application in "
    "wsgi_pause.middleware.gzip, which flushes at block boundaries",
    "webob": "that is WebOb's gzip: do not call encode_content() for a stream; wrap the application in "
    "wsgi_pause.middleware.gzip, which flushes at block boundaries",
}
REMEDY = "a chunk for each chunk of the child, an empty one if need be; or remove wsgi.pause_output from environ (P41)"


class Boundary:
    """Finds out who steps a child again in the same step: after a pause, each call is looked at until the step ends."""

    def __init__(self, outermost: CodeType) -> None:
        """``outermost`` is the function that runs the step."""
        self._outermost = outermost
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
        while above is not None and above.f_code is not self._outermost:
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
        return f"What to do: {ADVICE.get(self._module) or ADVICE.get(package) or REMEDY}"

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
