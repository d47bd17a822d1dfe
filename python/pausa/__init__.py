"""Pausa, a WSGI application server whose applications can pause: the launcher and the Python part of the bridge."""

__version__ = "0.1.0"
