"""The conformance suite, by case; the same by URL; the checks of a stack; and the other suites, from the clone."""

import json
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conformance.acceptance.harness import Place, expect, serve, tail
from conformance.acceptance.running import environment

LATER = {"C58", "C59", "C60"}  # HTTP/2 and a compressor of the server's own
EXPECTED = {f"C{number:02}" for number in range(1, 84)} - LATER
CASES = "conformance.cases.app:app"


def clone(place: Place) -> str:
    """What is committed, built, with the environment of the tests."""
    place.run("git", "clone", "--quiet", place.root, place.clone, cwd=place.scratch)
    place.run("./pausa", "--version", timeout=1200)
    place.run("./pausa", "python", "-m", "venv", "build/venv")
    requirements = place.clone / "config/requirements-test.txt"
    place.run("build/venv/bin/python", "-m", "pip", "install", "--quiet", "-r", requirements, timeout=1200)
    (place.clone / "build/venv/requirements").write_bytes(requirements.read_bytes())
    place.environment["PAUSA_TEST_PYTHON"] = "build/venv"
    return "built; the tests' packages are installed"


def cases(place: Place) -> str:
    """C01 to C83 but C58 to C60, each for the subjects it has."""
    place.run("build/venv/bin/python", "-m", "pytest", "-q", "conformance", timeout=1800)
    rows = json.loads((place.clone / "build/conformance.json").read_text())
    seen = {row["case"] for row in rows}
    expect(seen >= EXPECTED, f"no row for {', '.join(sorted(EXPECTED - seen))}")
    bad = [
        f"{row['case']} {subject}: {row[subject]}"
        for row in rows
        for subject in ("python", "java")
        if row[subject] not in ("passed", "python only")
    ]
    expect(not bad, "; ".join(bad))
    alone = sum(row["java"] == "python only" for row in rows)
    return f"{len(EXPECTED)} cases passed, {len(EXPECTED) - alone} of them in Python and Java, {alone} in Python alone"


def by_url(place: Place) -> str:
    """The cases against Pausa and against gunicorn, which has no key, as servers of somebody else's."""
    with serve(place, "./pausa", "--python", "build/venv", "--threads", "8", CASES) as server:
        ours = summary(place, f"http://127.0.0.1:{server.port}")
    venv = environment(place, place.scratch / "gunicorn", "gunicorn", "flask")
    command = [str(venv / "bin/gunicorn"), "--threads", "8", "-b", "127.0.0.1:0", CASES]
    log = place.scratch / "gunicorn.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=place.clone, env=place.environment, stdout=output, stderr=output)
    try:
        port = listening(log)
        theirs = summary(place, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(40)
    expect("wsgi.pause_output is absent" in theirs, f"not told that the key is absent: {theirs}")
    return f"Pausa: {ours.splitlines()[-1]}; gunicorn: {theirs.splitlines()[-1]}, told that the key is absent"


def summary(place: Place, url: str) -> str:
    """What the report says of the server, and its last line; fails if a case failed."""
    place.run("./pausa", "conformance", url, timeout=600)
    report = (place.clone / "build/conformance-url.md").read_text()
    expect("FAILED" not in report and "| passed |" in report, tail(report, 100))
    return report.partition("| case")[0] + report.strip().splitlines()[-1]


def listening(log: Path) -> int:
    deadline = time.monotonic() + 30
    while not (found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text())):
        expect(time.monotonic() < deadline, f"gunicorn does not start:\n{tail(log.read_text())}")
        time.sleep(0.1)
    return int(found[1])


def wrappers(place: Place) -> str:
    """wsgi_pause's tests: the same applications on Pausa, and on servers without the key."""
    output = place.run("build/venv/bin/python", "-m", "pytest", "-q", "-rs", "python/tests_pause", timeout=1200)
    skipped = re.findall(r"^SKIPPED.*$", output, re.MULTILINE)
    expect(not skipped, "\n" + "\n".join(skipped))
    return last_line(output)


def guides(place: Place) -> str:
    """The applications of docs/guides, and what the documents say about each other."""
    tests = ["conformance/test_guides.py", "config/test_documents.py"]
    return last_line(place.run("build/venv/bin/python", "-m", "pytest", "-q", *tests, timeout=600))


def stages(place: Place) -> str:
    """CompletionStage in Java: the unit tests, and 200 requests at once that take a second each, on one thread."""
    jdk = ". config/jdk.sh && find_jdk && export JAVA_HOME && exec "
    place.run("bash", "-c", jdk + "mvn -B -q -pl wsgi test -Dtest=StageBodyTest", timeout=600)
    report = (place.clone / "wsgi/target/surefire-reports/dev.pausa.wsgi.StageBodyTest.txt").read_text()
    found = re.search(r"Tests run: \d+, Failures: 0, Errors: 0, Skipped: 0", report)
    expect(found, report)
    assert found
    compiler = '"$JAVA_HOME/bin/javac" --module-path build/lib --add-modules dev.pausa.wsgi'
    place.run("bash", "-c", f"{jdk}{compiler} -d examples/java/classes examples/java/*.java")
    with serve(place, "./pausa", "--threads", "1", "--class-path", "examples/java/classes", "java:Slow") as server:
        server.get("/")
        began = time.monotonic()
        with ThreadPoolExecutor(200) as clients:
            answers = list(clients.map(lambda _: server.get("/"), range(200)))
        took = time.monotonic() - began
    expect(set(answers) == {b"a second later\n"}, f"{set(answers)}")
    expect(took < 5, f"200 answers on one thread took {took:.1f} s")
    return f"{found[0]}; 200 answers that take 1 s came on one thread within {took:.1f} s"


SWALLOWERS = {
    "Django's GZipMiddleware": "checked_django:app",
    "WebOb's gzip": "checked_webob:app",
}


def check(place: Place) -> str:
    """./pausa check names the middleware that swallows boundaries, and passes the example that does not."""
    venv = environment(place, place.scratch / "check", "django>=5", "webob")
    sound = place.run("./pausa", "--python", venv, "check", "examples.clock:app", "--path", "/events")
    expect("No rule was broken" in sound, sound)
    named = []
    for name, target in SWALLOWERS.items():
        command = ["./pausa", "--python", str(venv), "check", target]
        apps = place.clone / "conformance/acceptance/apps"
        environ = dict(place.environment, PYTHONPATH=f"{apps}:{place.clone / 'python'}")
        ended = subprocess.run(command, cwd=place.clone, env=environ, capture_output=True, text=True, timeout=120)
        expect(ended.returncode == 1, f"{target}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}")
        (line,) = re.findall(r"^  (P40: .*)$", ended.stdout, re.MULTILINE)
        expect(name in line and "What to do: " in line, line)
        named.append(line.partition(" steps")[0])
    return "the clock breaks no rule; named: " + ", ".join(named)


def costs(place: Place) -> str:
    """What each wrapper costs for a chunk and for an idle stream, beside uvicorn."""
    script = place.clone / "bench/wrappers"
    expect(script.exists(), "there is no bench/wrappers")
    return "\n" + place.run(script, timeout=600).rstrip() + "\n"


def last_line(output: str) -> str:
    return output.strip().splitlines()[-1].strip("= ")
