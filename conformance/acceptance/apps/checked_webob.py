"""A stream of events encoded by WebOb, which swallows block boundaries."""

import threading
from collections.abc import Iterable
from typing import Any

from webob import Response

from wsgi_pause import sse


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    stream = sse.EventStream(environ)
    threading.Timer(0.1, stream.send, ["event"]).start()
    threading.Timer(0.2, stream.end).start()
    response = Response(app_iter=stream, headerlist=sse.headers())
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        response.encode_content("gzip", lazy=True)
    answer: Iterable[bytes] = response(environ, start_response)
    return answer
