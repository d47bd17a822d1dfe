"""A fresh clone that builds and serves, in curl's eyes and in a browser's."""

import re
import socket
import time
from collections.abc import Callable

from conformance.acceptance.browser import Page, chromium
from conformance.acceptance.harness import Failed, Place, Server, expect, serve

CLOCK = "examples.clock:app"


def fresh_clone(place: Place) -> str:
    """git clone, then one command: it builds, unpacks the bundled CPython, prints the banner, and serves."""
    place.run("git", "clone", "--quiet", place.root, place.clone, cwd=place.scratch)
    with serve(place, "./pausa", CLOCK, patience=900) as server:
        progress = [(seconds, line) for seconds, line in server.lines if seconds < server.seconds]
        expect(len(progress) > 3, f"too little was said while it was built: {progress}")
        silence = max(late - early for (early, _), (late, _) in zip([(0.0, ""), *progress], progress, strict=False))
        expect(re.search("[Bb]uild", server.output), f"no word of the build:\n{server.output}")
        expect(re.search("(?i)unpack", server.output), f"no word of the unpacking:\n{server.output}")
        expect(server.get("/ping").startswith(b"pong"), "/ping does not answer")
    with serve(place, "./pausa", CLOCK) as again:
        again.get("/ping")
    return (
        f"served after {server.seconds:.0f} s, {len(progress)} lines until then, at most {silence:.0f} s without one; "
        f"second start {again.seconds:.2f} s"
    )


def curl(place: Place) -> str:
    """/, /ping and /events of the clock: the first comment line at once, then a tick a second."""
    with serve(place, "./pausa", CLOCK) as server:
        expect(b"<title>Clock</title>" in server.get("/"), "/ is not the clock's page")
        expect(server.get("/ping") == b"pong, 0 streams\n", "/ping does not say pong, 0 streams")
        received, figures = ticks(server, 6)
        expect(b"\r\n: a tick a second\n\n" in received, f"no comment line: {received!r}")
        gone = until(lambda: server.get("/ping") == b"pong, 0 streams\n", 1)
    return f"{figures}; closed {gone * 1e3:.0f} ms after the client left"


def ticks(server: Server, count: int) -> tuple[bytes, str]:
    """Reads events and holds them to their times; returns what came, and the figures."""
    asked = time.monotonic()
    received, first, times = b"", 0.0, list[float]()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while len(times) < count:
            data = connection.recv(4096)
            expect(data, f"the stream ended: {received!r}")
            received += data
            now = time.monotonic() - asked
            first = first or now
            times += [now] * data.count(b"data: ")
    expect(received.startswith(b"HTTP/1.1 200 OK\r\n"), f"not 200: {received[:80]!r}")
    expect(first < 0.5, f"the first bytes came after {first:.2f} s")
    late = [tick - times[0] - number for number, tick in enumerate(times)]
    expect(all(-0.1 < lag < 0.25 for lag in late), f"ticks are off by {[round(lag, 3) for lag in late]} s")
    return received, f"first bytes after {first * 1e3:.1f} ms; ticks off by at most {max(map(abs, late)) * 1e3:.1f} ms"


def browser_clock(place: Place) -> str:
    """The clock in Chromium: the page shows a time, and another one later."""

    def look(server: Server) -> str:
        with chromium(place.scratch / "chromium-clock") as browser:
            page = browser.open(f"http://127.0.0.1:{server.port}/")
            shown = r"/^\d\d:\d\d:\d\d$/.test(document.getElementById('clock')?.textContent)"
            page.wait(shown, 20)
            seen = [text(page)]
            for _ in range(3):
                page.wait(f"document.getElementById('clock').textContent != '{seen[-1]}'", 3)
                seen.append(text(page))
            picture = place.pictures / "clock.png"
            page.picture(picture)
        gone = until(lambda: server.get("/ping") == b"pong, 0 streams\n", 1.5)
        return f"{', '.join(seen)}; closed {gone * 1e3:.0f} ms after the browser; {picture}"

    def text(page: Page) -> str:
        return str(page.evaluate("document.getElementById('clock').textContent"))

    with serve(place, "./pausa", CLOCK) as server:
        return look(server)


def browser_chat(place: Place) -> str:
    """The chat in two pages: what one says the other shows, and the other way round."""
    with (
        serve(place, "./pausa", "examples.chat:app") as server,
        chromium(place.scratch / "chromium-chat") as browser,
    ):
        ada, ben = (browser.open(f"http://127.0.0.1:{server.port}/") for _ in range(2))
        delays = []
        turns = ((ada, ben, "Ada", "Is anybody here?"), (ben, ada, "Ben", "Me, waiting."))
        for speaker, listener, name, words in turns:
            speaker.wait("!!document.getElementById('form')?.onsubmit", 20)
            time.sleep(1)  # so that the other page's poll is parked
            speaker.evaluate(f"[name.value, text.value] = ['{name}', '{words}']; form.requestSubmit()")
            delays.append(listener.wait(f"document.body.innerText.includes('{words}')", 5))
        pictures = [place.pictures / "chat-ada.png", place.pictures / "chat-ben.png"]
        for page, picture in zip((ada, ben), pictures, strict=True):
            expect(page.evaluate("document.querySelectorAll('li').length") == 2, "not two messages in each page")
            page.picture(picture)
    shown = " and ".join(f"{delay * 1e3:.0f} ms" for delay in delays)
    return f"seen by the other after {shown}; {', '.join(map(str, pictures))}"


def until(condition: Callable[[], bool], seconds: float) -> float:
    """Waits until the condition holds; returns how many seconds that took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise Failed(f"not so after {seconds:g} s")
        time.sleep(0.005)
    return time.monotonic() - began
