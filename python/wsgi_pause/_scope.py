"""The environ of a request as the scope of the ASGI HTTP specification."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from wsgi_pause._types import Environ

# Not 2.4: by that, frameworks learn of a client that left from their next `send`, which an idle stream never makes.
ASGI = {"version": "3.0", "spec_version": "2.3"}


def scope_of(environ: Environ, state: dict[str, Any]) -> dict[str, Any]:
    """The connection scope; `state` is what lifespan made. Several fields of one name are one, joined by the server."""
    root_path = _text(environ.get("SCRIPT_NAME", ""))
    version = environ.get("SERVER_PROTOCOL", "HTTP/1.1").partition("/")[2]
    address = environ.get("REMOTE_ADDR")
    return {
        "type": "http",
        "asgi": ASGI.copy(),
        "http_version": version.removesuffix(".0") if version != "1.0" else version,
        "method": environ["REQUEST_METHOD"].upper(),
        "scheme": environ.get("wsgi.url_scheme", "http"),
        "path": root_path + _text(environ.get("PATH_INFO", "")),
        "raw_path": _raw_path(environ),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": root_path,
        "headers": _headers(environ),
        "client": (address, int(environ.get("REMOTE_PORT") or 0)) if address else None,
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"] or 0)),
        "state": state.copy(),
        "extensions": {},
    }


def _text(path: str) -> str:
    """A percent-decoded path: PEP 3333 has its bytes as Latin-1, ASGI as UTF-8."""
    return path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")


def _raw_path(environ: Environ) -> bytes | None:
    """The path as it was sent, if the server tells."""
    target: str | None = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not target:
        return None
    if not target.startswith("/") and "://" in target:
        target = "/" + target.partition("://")[2].partition("/")[2]  # absolute-form, RFC 9112 3.2.2
    return target.partition("?")[0].encode("latin-1")


def _headers(environ: Environ) -> list[tuple[bytes, bytes]]:
    headers = []
    for key, value in environ.items():
        name = _name(key) if key.startswith(("HTTP_", "CONTENT_")) else None
        if name is not None and (value or name[:8] != b"content-"):
            headers.append((name, value.encode("latin-1")))
    return headers


@lru_cache(1024)
def _name(key: str) -> bytes | None:
    """The lower-case name of a header field, by the name of its variable."""
    if key.startswith("HTTP_"):
        key = key[5:]
    elif key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        return None
    return key.replace("_", "-").lower().encode("latin-1")
