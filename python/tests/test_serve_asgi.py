"""Serving ASGI applications for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Running

ASGI = """
import asyncio

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        if FAILS:
            return await send({"type": "lifespan.startup.failed", "message": "no database"})
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(print, "shut down")     # executors still work
        return await send({"type": "lifespan.shutdown.complete"})
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"by " + scope["type"].encode()})
    await asyncio.sleep(0.3)
    print("background")
"""


@pytest.mark.parametrize("options", [(), ("--interface", "asgi")])
def test_lifespan_and_background_work_end_before_the_process(tmp_path: Path, options: tuple[str, ...]) -> None:
    with Running(tmp_path, *options, app="FAILS = False" + ASGI) as server:
        assert server.get() == "by http"
        assert server.stop() == (0, "background\nshut down\n")


def test_lifespan_that_fails(tmp_path: Path) -> None:
    with Running(tmp_path, app="FAILS = True" + ASGI) as server:
        assert server.end()[0] == 1
        log = server.log.read_text()
    assert "no database" in log
    assert "Traceback" not in log


def test_an_asgi_application_is_no_wsgi_application(tmp_path: Path) -> None:
    with Running(tmp_path, "--interface", "wsgi", app="FAILS = False" + ASGI) as server:
        with pytest.raises(OSError, match="500"):
            server.get()
        assert server.stop()[0] == 0
