"""A stream of events in Django behind its GZipMiddleware, which swallows block boundaries."""

import threading
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import StreamingHttpResponse
from django.urls import path

from wsgi_pause import sse


def events(request: Any) -> StreamingHttpResponse:
    stream = sse.EventStream(request.environ)
    threading.Timer(0.1, stream.send, ["event"]).start()
    threading.Timer(0.2, stream.end).start()
    return StreamingHttpResponse(stream, headers=dict(sse.headers()))


urlpatterns = [path("", events)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=["django.middleware.gzip.GZipMiddleware"])
django.setup()
app = WSGIHandler()
