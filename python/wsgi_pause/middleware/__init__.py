"""WSGI middleware that keeps block boundaries (P40): each chunk, also an empty one, is handed on as one chunk."""

from wsgi_pause.middleware._gzip import gzip
from wsgi_pause.middleware._heartbeat import heartbeat
from wsgi_pause.middleware._request_id import request_id

__all__ = ["gzip", "heartbeat", "request_id"]
