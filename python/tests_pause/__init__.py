"""Tests of the distribution wsgi-pause: by itself, and on every server that the same applications must run on."""
