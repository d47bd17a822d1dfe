"""The load of this machine in Django: an event a second for each open page, and no thread between two of them.

    ./pausa python -m venv .venv && .venv/bin/pip install django
    ./pausa examples.django_events:app  then open http://127.0.0.1:8000/

On another server: pip install ./python, which is wsgi-pause, and each open page holds a thread there.
"""

import asyncio
import os
from collections.abc import AsyncIterator

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from wsgi_pause import futures, sse

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Load</title>
<body style="display: grid; place-content: center; min-height: 90vh; font: 12vw monospace">
<output>...</output>
<script>
  new EventSource("load").onmessage = event => document.querySelector("output").textContent = event.data;
</script>
"""


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def load(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(futures.body(request.environ, measure()), headers=dict(sse.headers()))


async def measure() -> AsyncIterator[bytes]:
    """Runs on an event loop beside the server; cancelled when the browser leaves."""
    while True:
        yield sse.event(f"{os.getloadavg()[0]:.2f}")
        await asyncio.sleep(1)


urlpatterns = [path("", page), path("load", load)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup()
app = WSGIHandler()
