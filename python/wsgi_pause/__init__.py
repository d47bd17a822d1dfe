"""Responses that wait without a thread, on any WSGI server.

Where the server offers ``wsgi.pause_output``, a response that has nothing to send is paused and holds no thread; on
other servers the same code holds its thread and is as correct. Modules: `sse` (server-sent events), `futures` (futures
and coroutines as bodies and as applications), `middleware` (gzip, request id, heartbeat).
"""

from wsgi_pause._event import Closed, Event
from wsgi_pause._stream import Stream

__all__ = ["Closed", "Event", "Stream"]

__version__ = "0.1.0"
