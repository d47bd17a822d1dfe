"""Flask says hello, and which Flask it is."""

from importlib.metadata import version

import flask

app = flask.Flask(__name__)


@app.get("/")
def hello() -> str:
    return f"Hello from Flask {version('flask')}\n"
