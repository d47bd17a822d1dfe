"""ASGI behind plain WSGI: 5,000 streams on four threads, the frameworks, an MCP server, Starlette's own tests."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import resource
import tarfile
import time

from conformance.acceptance.harness import Place, Server, Skipped, expect, serve
from conformance.acceptance.parking import Crowd, figures, latencies, resident, streams
from conformance.acceptance.running import environment
from conformance.acceptance.serving import until

STREAMS = 5000
STARLETTE = "1.3.1"
APPS = "conformance.acceptance.apps.asgi"

# Tests of Starlette that cannot pass over a socket to any WSGI server, or not here.
KNOWN = {
    "tests/middleware/test_base.py::test_contextvars": "skipped by Starlette itself",
    "tests/test_concurrency.py::test_accessing_context_from_threaded_sync_endpoint": (
        "wants a context variable of the client's thread in the server"
    ),
    "tests/test_exceptions.py::test_force_500_response": "wants an empty body of a 500; a server answers with a page",
    "tests/test_requests.py::test_request_send_push_promise": "sends a push promise that the server did not offer",
    "tests/test_responses.py::test_response_phrase": "wants 123 as a final status; RFC 9110 15.2 has 1xx interim",
    "tests/test_staticfiles.py::test_staticfiles_filename_too_long": "a target of 4 KiB is a 414 by default",
    "tests/test_staticfiles.py::test_staticfiles_with_invalid_dir_permissions_returns_401": "fails as root everywhere",
}

MCP_CLIENT = """
import asyncio, sys
from fastmcp import Client
async def main():
    async with Client(f"http://127.0.0.1:{sys.argv[1]}/mcp") as client:
        tools = [tool.name for tool in await client.list_tools()]
        result = await client.call_tool("add", {"a": 2, "b": 3})
        print(tools, result.data)
asyncio.run(main())
"""


def parked(place: Place) -> str:
    """5,000 streams of an ASGI application, four threads."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 2 * STREAMS + 500:
        raise Skipped(f"needs {2 * STREAMS + 500} descriptors: ulimit -Hn")
    with serve(place, "./pausa", "--threads", "4", "examples.asgi_clock:app") as server:
        latencies(server)  # warms up
        before, memory = server.tasks(), resident(server)
        with Crowd(server.port, STREAMS) as crowd:
            crowd.ask("report")
            time.sleep(4)
            during, among = server.tasks(), latencies(server)
            grown = (resident(server) - memory) / STREAMS
            events = json.loads(crowd.ask("report"))
            expect(streams(server) == STREAMS, f"{streams(server)} streams are open")
            crowd.ask("leave 100")
            left = until(lambda: streams(server) == STREAMS - 100, 1)
            crowd.ask(f"leave {STREAMS - 100}")
        gone = until(lambda: streams(server) == 0, 5)
    expect(during <= before, f"{during} threads with {STREAMS} streams, {before} without")
    expect(not events["lost"], f"{events['lost']} streams were lost")
    expect(events["fewest"] >= 2, f"a stream had {events['fewest']} events in more than 4 s")
    return (
        f"threads {before} before, {during} with {STREAMS:,}; /ping p50/p99 {figures(among)}; "
        f"resident memory grew by {grown:.1f} KiB each; between two ticks {events['shortest']:.2f} to "
        f"{events['longest']:.2f} s; 100 that left were told within {left * 1e3:.0f} ms, "
        f"{STREAMS - 100:,} within {gone * 1e3:.0f} ms"
    )


def frameworks(place: Place) -> str:
    """FastAPI, Starlette and Django's ASGI: a hello, JSON sent to it, a stream whose events come one by one."""
    venv = environment(place, place.scratch / "asgi", "fastapi", "starlette", "django>=5")
    return "; ".join(_framework(place, venv, name) for name in ("fastapi", "starlette", "django"))


def mcp(place: Place) -> str:
    """An MCP server of FastMCP, streamable HTTP, called by FastMCP's client."""
    venv = environment(place, place.scratch / "mcp", "fastmcp")
    with serve(place, "./pausa", "--python", venv, "--threads", "2", f"{APPS}:mcp()") as server:
        said = place.run(venv / "bin/python", "-c", MCP_CLIENT, str(server.port), timeout=60).strip()
    expect(said.endswith("['add'] 5"), f"the client said {said!r}")
    return "its tool was listed, called, and answered 5"


def starlette(place: Place) -> str:
    """Starlette's own tests, its TestClient bound to a live server: at least 90 % pass."""
    sources = place.scratch / "starlette"
    venv = environment(
        place,
        place.scratch / "starlette-venv",
        *("pytest", "trio", "anyio", "httpx2[zstd]", "jinja2", "itsdangerous", "python-multipart", "pyyaml"),
        "typing_extensions",
    )
    wanted = f"starlette=={STARLETTE}"
    download = (venv / "bin/python", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "starlette")
    place.run(*download, "--dest", sources, wanted)
    with tarfile.open(next(sources.glob("*.tar.gz"))) as archive:
        archive.extractall(sources, filter="data")
    folder = sources / f"starlette-{STARLETTE}"
    variables = {**place.environment, "STARLETTE": str(folder)}
    command = ("./pausa", "--python", venv, "--threads", "4", "conformance.acceptance.apps.starlette_live:app")
    with serve(place, *command, environment=variables) as server:
        server.get("/run")
        report = _report(server, 120)
    live = sorted(set(report["live"]) - set(report["excluded"]))
    outcomes = {test: report["outcomes"].get(test, ["no outcome"]) for test in live}
    failed = {test: outcome for test, outcome in outcomes.items() if outcome[0] != "passed"}
    reasons = [f"       {test}: {KNOWN.get(test.partition('[')[0], ' '.join(failed[test]))}" for test in failed]
    passed = len(live) - len(failed)
    share = passed / max(len(live), 1)
    table = "\n".join([f"{passed} of {len(live)} tests passed ({share:.1%}); not passed:", *reasons])
    expect(len(live) > 200 and share >= 0.9, table)
    return table


def _framework(place: Place, venv: pathlib.Path, name: str) -> str:
    with serve(place, "./pausa", "--python", venv, "--threads", "2", f"{APPS}:{name}()") as server:
        hello = json.loads(server.get("/"))["hello"]
        status, _, body = server.request("POST", "/", b'{"number": 3}')
        # FastAPI wants the type of the body told.
        expect(json.loads(body) == {"number": 3} or status == 422, f"{name}: {status} {body!r}")
        began = time.monotonic()
        events = server.get("/events")
        expect(events.count(b"data: ") == 3, f"{name}: {events!r}")
        expect(time.monotonic() - began >= 0.1, f"{name}: its events came at once")
        return f"{hello}, started in {server.seconds:.2f} s"


def _report(server: Server, patience: float) -> dict[str, dict[str, list[str]]]:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        time.sleep(1)
        with contextlib.suppress(OSError):
            found: dict[str, dict[str, list[str]]] | None = json.loads(server.get("/report"))
            if found is not None:
                return found
    raise Skipped(f"the tests were not done after {patience:g} s (load {os.getloadavg()[0]:.1f})")
