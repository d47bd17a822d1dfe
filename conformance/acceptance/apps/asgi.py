"""A hello and a stream in each framework that speaks ASGI: ``conformance.acceptance.apps.asgi:fastapi()`` and so on."""

# mypy: disable-error-code="import-not-found, untyped-decorator"
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any


async def three() -> AsyncIterator[str]:
    """Three events, 50 ms apart."""
    for number in range(3):
        yield f"data: {number}\n\n"
        await asyncio.sleep(0.05)


def fastapi() -> Any:
    from fastapi import FastAPI
    from fastapi.responses import StreamingResponse

    app = FastAPI()

    @app.get("/")
    async def hello(name: str = "FastAPI") -> dict[str, str]:
        return {"hello": name}

    @app.post("/")
    async def echo(data: dict[str, int]) -> dict[str, int]:
        return data

    @app.get("/events")
    async def events() -> StreamingResponse:
        return StreamingResponse(three(), media_type="text/event-stream")

    return app


def starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, StreamingResponse
    from starlette.routing import Route

    async def hello(request: Request) -> JSONResponse:
        return JSONResponse({"hello": "Starlette"} if request.method == "GET" else await request.json())

    async def events(request: Request) -> StreamingResponse:
        return StreamingResponse(three(), media_type="text/event-stream")

    return Starlette(routes=[Route("/", hello, methods=["GET", "POST"]), Route("/events", events)])


def django() -> Any:
    import json

    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    @csrf_exempt
    async def hello(request: HttpRequest) -> JsonResponse:
        return JsonResponse(json.loads(request.body) if request.method == "POST" else {"hello": "Django"})

    async def events(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(three(), content_type="text/event-stream")

    settings.configure(
        ROOT_URLCONF=type("urls", (), {"urlpatterns": [path("", hello), path("events", events)]}), ALLOWED_HOSTS=["*"]
    )
    django.setup()
    return get_asgi_application()


def mcp() -> Any:
    """An MCP server with one tool, by streamable HTTP at /mcp."""
    from fastmcp import FastMCP

    server = FastMCP("adder")

    @server.tool
    def add(a: int, b: int) -> int:
        """Adds two numbers."""
        return a + b

    return server.http_app()
