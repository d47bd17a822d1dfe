"""The interface that an application is written for: WSGI, or ASGI by way of the distribution wsgi-pause."""

from __future__ import annotations

import functools
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

CLOSE_SECONDS = 10.0
"""How long the coroutines and the lifespan of an ASGI application may take after the last request."""


class InterfaceError(Exception):
    """The application cannot be served by this interface; the message is for the user."""


class Served:
    """An application as Java serves it."""

    def __init__(self, application: Callable[..., Any], interface: str) -> None:
        """`interface` is `wsgi`, `asgi` or `auto`. Starts the lifespan of an ASGI application, and waits for that.

        Raises InterfaceError.
        """
        self.wsgi = application
        self._close: Callable[[float], None] | None = None
        if interface == "asgi" or (interface == "auto" and is_asgi(application)):
            self._wrap(application)

    def close(self) -> None:
        """Nothing is served any more: waits for what an ASGI application still has to do."""
        if self._close is not None:
            self._close(CLOSE_SECONDS)

    def _wrap(self, application: Callable[..., Any]) -> None:
        try:
            from wsgi_pause.asgi import AsgiToWsgi, StartupFailed
        except ModuleNotFoundError as missing:
            if missing.name is None or not missing.name.startswith("wsgi_pause"):
                raise
            raise InterfaceError("ASGI applications need the package wsgi-pause: pip install wsgi-pause") from None
        wrapper = AsgiToWsgi(application)
        try:
            wrapper.start()
        except StartupFailed as failure:
            raise InterfaceError(f"the application's lifespan did not start:\n{failure}") from None
        self.wsgi, self._close = wrapper, wrapper.close


def is_asgi(application: Callable[..., Any]) -> bool:
    """Whether it is called with scope, receive and send, and gives something to await."""
    function = application
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.isclass(function):
        awaitable = hasattr(function, "__await__")
    else:
        call = function if inspect.isroutine(function) else type(function).__call__
        awaitable = inspect.iscoroutinefunction(inspect.unwrap(call))
    if not awaitable:
        return False
    try:
        inspect.signature(application).bind(None, None, None)
    except (TypeError, ValueError):
        return False
    return True


class _Beside:
    """Finds the package `wsgi_pause` of a clone, where none is installed: it stands beside this package."""

    name = "wsgi_pause"
    folder = Path(__file__).resolve().parent.parent / name

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != cls.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, cls.folder / "__init__.py", submodule_search_locations=[str(cls.folder)]
        )


def offer_wsgi_pause() -> None:
    """Makes `import wsgi_pause` work in a clone. Not by `sys.path`: there is more in that folder."""
    if (_Beside.folder / "__init__.py").is_file() and _Beside not in sys.meta_path:
        sys.meta_path.append(_Beside)
