"""``python -m wsgi_pause.check MODULE:APP``: drives an application under `Lint`, as a server that can pause does.

In Python alone and in this thread; no socket, no server. Each path is asked for by GET, HEAD and OPTIONS, by POST of a
form and of a body in chunks, by a client that accepts gzip and leaves after the second chunk, and by one that leaves
before the first. With ``--middleware`` what is named is a callable that wraps an application: it is checked above each
of `wsgi_pause._children`. Ends with 1 if a rule was broken, 2 if the application cannot be loaded.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wsgi_pause._boundary import ADVICE
from wsgi_pause._children import CHILDREN, Between, Raised
from wsgi_pause._request import Request
from wsgi_pause._types import Application
from wsgi_pause.lint import Breach

__all__ = ["Request", "check_middleware", "main", "requests"]

Middleware = Callable[[Application], Application]


def requests(paths: list[str], seconds: float) -> list[Request]:
    """The script for these paths."""
    made = []
    for path in paths:
        made.append(Request(path, seconds=seconds))
        made.append(Request(path, "HEAD", leave_after=1, seconds=seconds))
        made.append(Request(path, "OPTIONS", seconds=seconds))
        made.append(Request(path, "POST", body=b"a=1&b=2", seconds=seconds))
        made.append(Request(path, "POST", body=b"a=1&b=2", chunked=True, seconds=seconds))
        made.append(Request(path, gzip=True, leave_after=2, seconds=seconds))
        made.append(Request(path, leave_after=0, seconds=seconds))
    return made


def check_middleware(middleware: Middleware, paths: list[str], seconds: float) -> Iterator[Request]:
    """Runs the script with each child below the middleware."""
    for name, child in CHILDREN.items():
        for request in requests(paths, seconds):
            between = Between(middleware, child)
            request.title += f", above {name}"
            request.run(between)
            request.breaches += between.breaches
            if isinstance(request.failure, Raised):
                request.failure = None
            yield request


def known_swallowers() -> list[Breach]:
    """Middleware known to swallow boundaries that the loaded application is configured with."""
    if "django.conf" in sys.modules:
        settings = sys.modules["django.conf"].settings
        name = "django.middleware.gzip.GZipMiddleware"
        if settings.configured and name in settings.MIDDLEWARE:
            return [Breach("P41", f"MIDDLEWARE has {name}. What to do: {ADVICE['django.utils.text']}")]
    return []


def load(target: str) -> Any:
    """The application that ``MODULE:ATTRIBUTE`` or ``MODULE:FACTORY()`` names."""
    module, _, attribute = target.partition(":")
    found: Any = importlib.import_module(module)
    attribute = attribute or "application"
    for name in attribute.removesuffix("()").split("."):
        found = getattr(found, name)
    return found() if attribute.endswith("()") else found


def main(arguments: list[str] | None = None) -> int:
    """Prints a line for each request and each breach, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="pausa check", description="Checks an application and its middleware.")
    parser.add_argument("target", metavar="MODULE:APP", help="the application, or a factory: MODULE:FACTORY()")
    parser.add_argument("--middleware", action="store_true", help="MODULE:APP is a middleware: it wraps an application")
    parser.add_argument("--path", action="append", metavar="PATH", help="ask for this path (repeatable; default: /)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long one request may take (default: 3)")
    options = parser.parse_args(arguments)
    sys.path.insert(0, os.getcwd())
    try:
        target = load(options.target)
    except (ImportError, AttributeError) as problem:
        print(f"pausa check: {options.target}: {problem}", file=sys.stderr)
        return 2
    paths = options.path or ["/"]
    if options.middleware:
        return report(check_middleware(target, paths, options.seconds), [])
    return report((request.run(target) for request in requests(paths, options.seconds)), known_swallowers())


def report(made: Iterable[Request], known: list[Breach]) -> int:
    """Prints what became of the requests; answers the exit code."""
    breaches = {str(breach): None for breach in known}
    failed = pauses = 0
    for request in made:
        pauses += request.pauses
        print(f"{request.title}: {request.status}, {request.steps} steps, {request.pauses} pauses")
        if request.failure is not None:
            failed += 1
            print(f"  raised {type(request.failure).__name__}: {request.failure}")
        breaches |= {str(breach): None for breach in request.breaches}
    for breach in breaches:
        print(f"  {breach}")
    if not pauses:
        print("Nothing paused, so block boundaries could not be seen: name a stream or a long poll by --path.")
    print(f"{len(breaches)} rules broken, {failed} requests failed" if breaches or failed else "No rule was broken.")
    return 1 if breaches or failed else 0


if __name__ == "__main__":
    sys.exit(main())
