"""A name for each request."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from wsgi_pause._types import Application, Environ, ExcInfo, Headers, StartResponse, Write

_USABLE = re.compile(r"[A-Za-z0-9._~+/=-]{1,128}")


def request_id(app: Application, *, header: str = "X-Request-ID", trust: bool = False) -> Application:
    """Names each request in ``environ["wsgi_pause.request_id"]`` and in a response header of this name.

    The name is a new UUID; with ``trust``, for servers behind a proxy that sets the header, the one of the request if
    it has at most 128 characters, all of ``A-Z a-z 0-9 . _ ~ + / = -``. The body is handed on as it is.
    """
    key = "HTTP_" + header.upper().replace("-", "_")

    def wsgi(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get(key, "")
        name = given if trust and _USABLE.fullmatch(given) else str(uuid.uuid4())
        environ["wsgi_pause.request_id"] = name

        def start(status: str, headers: Headers, exc_info: ExcInfo | None = None, /) -> Write:
            if all(known.lower() != header.lower() for known, _ in headers):
                headers = [*headers, (header, name)]
            return start_response(status, headers, exc_info)

        return app(environ, start)

    return wsgi
