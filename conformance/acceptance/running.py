"""The ways to run: frameworks on the machine's Python, on the bundled one, and from the installed wheel."""

import pathlib
import re
import shutil
from http import HTTPStatus

from conformance.acceptance.harness import Place, Server, expect, needs, serve
from conformance.acceptance.serving import ticks

APPS = pathlib.Path(__file__).parent / "apps"
FRAMEWORKS = {"flask_hello": ("Flask", 3), "django_hello": ("Django", 5)}
MACHINE_PYTHON = "/usr/bin/python3"


def frameworks(place: Place) -> str:
    """Flask and Django in a venv of the machine's Python, by ./pausa --python."""
    venv = environment(place, place.scratch / "machine", "flask", "django>=5")
    seen = [greeting(place, app, "./pausa", "--python", venv) for app in FRAMEWORKS]
    return "; ".join(seen)


def bundled(place: Place) -> str:
    """Flask on the bundled CPython, in a venv of it that ./pausa finds by itself."""
    place.run("./pausa", "python", "-m", "venv", ".venv")
    try:
        place.run(".venv/bin/python", "-m", "pip", "install", "--quiet", "flask")
        hello = greeting(place, "flask_hello", "./pausa")
        with serve(place, "./pausa", "examples.flask_clock:app") as server:
            return f"{hello}; its clock: {ticks(server, 3)[1]}"
    finally:
        shutil.rmtree(place.clone / ".venv")


def wheel(place: Place) -> str:
    """The wheel in a venv, without a JDK: it brings a Java runtime; `pausa` and `python -m pausa`."""
    portable, built = place.run("./pausa", "wheel").splitlines()[-2:]
    venv = environment(place, place.scratch / "wheel", portable, built, "flask", "django>=5")
    # Nothing but the venv on PATH, so no `java`, and no JAVA_HOME.
    bare = {name: value for name, value in place.environment.items() if name not in ("JAVA_HOME", "JDK_HOME")}
    bare["PATH"] = str(venv / "bin")
    site = place.scratch / "site"
    shutil.copytree(APPS, site)
    shutil.copy(place.clone / "examples/hello.py", site)
    seen = []
    for app in ("hello", *FRAMEWORKS):
        for command in ([venv / "bin/pausa"], [venv / "bin/python", "-m", "pausa"]):
            with serve(place, *command, f"{app}:app", cwd=site, environment=bare) as server:
                body = server.get("/").decode()
                expect(body.startswith("Hello "), f"{app}: {body!r}")
                java = libjvm(server)
                expect(java.is_relative_to(venv.resolve()), f"runs on {java}, which is not the wheel's")
                seen.append(f"{server.seconds:.2f}")
    size = pathlib.Path(built).stat().st_size / 1e6
    return f"{size:.1f} MB; hello, Flask, Django, each both ways: started in {', '.join(seen)} s"


def java(place: Place) -> str:
    """The Java example, compiled and started as its README says."""
    readme = (place.clone / "examples/java/README.md").read_text()
    compiler, start = (
        re.search(rf"^    ({command} .*)$", readme, re.MULTILINE) for command in ("javac", "./pausa --class-path")
    )
    expect(compiler and start, "its README has no such commands")
    assert compiler and start
    place.run("sh", "-c", f'. config/jdk.sh && find_jdk && "$JAVA_HOME/bin/"{compiler[1]}')
    with serve(place, *start[1].split()) as server:
        status, headers, body = server.request("GET", "/")
        expect((status, body) == (HTTPStatus.OK, b"Hello world\n"), f"{status} {body!r}")
        expect(headers.get("x-example") == "Pausa", f"no stamp in {headers}")
        return ticks(server, 3)[1]


def validated(place: Place, target: str = "conformance.acceptance.apps.validated:app", *options: str) -> str:
    """A validator around an application, wsgiref's or another: no complaint over GET, POST and HEAD."""
    requests = (("GET", None, b"GET "), ("POST", b"some data", b"POST some data"), ("HEAD", None, b""))
    with serve(place, "./pausa", *options, target) as server:
        for method, body, expected in requests:
            status, headers, received = server.request(method, "/path?query", body)
            expect(status == HTTPStatus.OK, f"{method}: {status} {received[:200]!r}\n{server.output}")
            expect(received == expected, f"{method}: {received!r} instead of {expected!r}")
            expect("content-length" in headers, f"{method}: no Content-Length in {headers}")
    complaint = re.search(r".*(?:AssertionError|WSGIWarning|HTTPWarning|without being closed).*", server.output)
    expect(not complaint, f"complaint of the validator:\n{server.output}")
    return "GET, POST and HEAD without a complaint"


def environment(place: Place, venv: pathlib.Path, *packages: str) -> pathlib.Path:
    """A venv of the machine's own Python with these packages from the index."""
    needs(MACHINE_PYTHON, "python3")
    needs("/usr/lib/python3*/ensurepip", "python3-venv")
    place.run(MACHINE_PYTHON, "-m", "venv", venv)
    place.run(venv / "bin/python", "-m", "pip", "install", "--quiet", *packages)
    return venv


def greeting(place: Place, app: str, *command: str | pathlib.Path) -> str:
    name, least = FRAMEWORKS[app]
    with serve(place, *command, f"conformance.acceptance.apps.{app}:app") as server:
        body = server.get("/").decode()
        match = re.fullmatch(rf"Hello from {name} ((\d+)\.\S+)\n", body)
        expect(match, f"{app}: {body!r}")
        assert match
        expect(int(match[2]) >= least, f"{name} {match[1]} is older than {least}")
        python = re.search(r"(?:CPython|Python) (3\.[\d.]+)", server.output)
        return f"{name} {match[1]} on Python {python[1] if python else '?'}, started in {server.seconds:.2f} s"


def libjvm(server: Server) -> pathlib.Path:
    """The JVM that the server's process has loaded."""
    maps = pathlib.Path(f"/proc/{server.process.pid}/maps").read_text()
    found = re.search(r"(/\S*libjvm\.so)", maps)
    expect(found, "the process has no JVM")
    assert found
    return pathlib.Path(found[1])
