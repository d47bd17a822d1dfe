"""The ASGI lifespan protocol: an application is told before the first request and after the last."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from wsgi_pause._scope import ASGI

_log = logging.getLogger("wsgi_pause.asgi")


class StartupFailed(RuntimeError):
    """The application answered `lifespan.startup.failed`; the message is its own."""


class Lifespan:
    """One application's lifespan. All in the event loop's thread."""

    def __init__(self, app: Any) -> None:
        self.state: dict[str, Any] = {}
        """What the application keeps for its requests, each of which gets a shallow copy."""
        self._app = app
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def startup(self) -> None:
        """Waits until the application has started, or shown that it does not know the protocol.

        Raises StartupFailed if it says so.
        """
        self._events.put_nowait("lifespan.startup")
        await self._started

    async def shutdown(self) -> None:
        """Waits until the application has cleaned up; its errors are logged."""
        if not self._task.done():
            self._events.put_nowait("lifespan.shutdown")
            await self._stopped

    async def _run(self) -> None:
        try:
            await self._app({"type": "lifespan", "asgi": ASGI.copy(), "state": self.state}, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - the application's code
            if self._started.done():
                _log.error("the application's lifespan failed", exc_info=error)
            else:
                _log.debug("the application does not know lifespan", exc_info=error)
        finally:
            for future in (self._started, self._stopped):
                if not future.done():
                    future.set_result(None)

    async def _receive(self) -> dict[str, Any]:
        return {"type": await self._events.get()}

    async def _send(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                self._tell(self._started)
            case "lifespan.startup.failed":
                if not self._started.done():
                    self._started.set_exception(StartupFailed(message.get("message") or "no reason was given"))
            case "lifespan.shutdown.complete":
                self._tell(self._stopped)
            case "lifespan.shutdown.failed":
                _log.error("the application failed to shut down: %s", message.get("message", ""))
                self._tell(self._stopped)
            case other:
                raise ValueError(f"no message of the lifespan protocol: {other!r}")

    @staticmethod
    def _tell(future: asyncio.Future[None]) -> None:
        if not future.done():
            future.set_result(None)
