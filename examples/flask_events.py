"""News in Flask: whoever has the page open sees at once what anybody posts. An open page holds no thread.

    ./pausa python -m venv .venv && .venv/bin/pip install flask
    ./pausa examples.flask_events:app   then open http://127.0.0.1:8000/ in two windows
    curl -d text=Hello http://127.0.0.1:8000/news

On another server: pip install ./python, which is wsgi-pause, and each open page holds a thread there.
"""

from flask import Flask, Response, request

from wsgi_pause import sse

app = Flask(__name__)
readers: set[sse.EventStream] = set()  # in this process's memory: run one worker

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>News</title>
<form><input name="text" placeholder="Any news?" autofocus required> <button>Tell all</button></form>
<ul></ul>
<script>
  const form = document.querySelector("form"), list = document.querySelector("ul");
  form.onsubmit = event => {
    event.preventDefault();
    fetch("news", {method: "POST", body: new URLSearchParams(new FormData(form))});
    form.reset();
  };
  new EventSource("news").onmessage = event =>
    list.prepend(Object.assign(document.createElement("li"), {textContent: event.data}));
</script>
"""


@app.get("/")
def page() -> str:
    return PAGE


@app.get("/news")
def listen() -> Response:
    stream = sse.EventStream(request.environ)
    readers.add(stream)
    stream.on_close(lambda: readers.discard(stream))  # the reader left
    return Response(stream, headers=sse.headers())


@app.post("/news")
def tell() -> Response:
    for stream in list(readers):
        stream.offer_event(request.form["text"])  # who has 64 unread is not waited for
    return Response(status=204)
