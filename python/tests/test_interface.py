"""Which applications are taken for ASGI."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest

from pausa import _interface
from pausa._interface import InterfaceError, Served, is_asgi


async def coroutine(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application, without lifespan."""
    raise NotImplementedError(scope["type"])


@functools.wraps(coroutine)
def decorated(*arguments: Any) -> Any:
    return coroutine(*arguments)


async def four(number: int, scope: Any, receive: Any, send: Any) -> None: ...


class Instance:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class Endpoint:
    def __init__(self, scope: Any, receive: Any, send: Any) -> None: ...

    def __await__(self) -> Generator[None, None, None]:
        yield


def plain(environ: Any, start_response: Any) -> list[bytes]:
    return []


def generator(environ: Any, start_response: Any) -> Generator[bytes, None, None]:
    yield b""


def middleware(environ: Any, start_response: Any, option: Any = None) -> list[bytes]:
    return []


async def asynchronous(environ: Any, start_response: Any) -> bytes:
    return b""


class Wsgi:
    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        return []


@pytest.mark.parametrize(
    "application", [coroutine, decorated, functools.partial(four, 1), Instance(), Instance().__call__, Endpoint]
)
def test_asgi(application: Callable[..., Any]) -> None:
    assert is_asgi(application)


@pytest.mark.parametrize(
    "application", [plain, generator, middleware, asynchronous, Wsgi(), Wsgi, four, Instance, dict]
)
def test_not_asgi(application: Callable[..., Any]) -> None:
    assert not is_asgi(application)


def test_wrapped_unless_told_otherwise() -> None:
    assert Served(plain, "auto").wsgi is plain
    assert Served(coroutine, "wsgi").wsgi is coroutine
    for interface in ("auto", "asgi"):
        served = Served(coroutine, interface)
        assert served.wsgi is not coroutine
        served.close()


def test_start_that_fails() -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(InterfaceError, match="no database"):
        Served(failing, "auto")


def test_without_wsgi_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wsgi_pause.asgi", None)
    with pytest.raises(InterfaceError, match="pip install wsgi-pause"):
        Served(coroutine, "auto")


def test_the_clone_has_wsgi_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    _interface.offer_wsgi_pause()
    _interface.offer_wsgi_pause()
    (finder,) = sys.meta_path
    spec = finder.find_spec("wsgi_pause", None)
    assert spec is not None and spec.submodule_search_locations
    assert finder.find_spec("wsgi_pausa", None) is None
