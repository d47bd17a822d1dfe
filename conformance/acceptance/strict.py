"""The standards: the checklist of PEP 3333, requests right and wrong, the fuzzer, limits, proxies, errors, the lint."""

import json
import re

from conformance.acceptance.harness import Failed, Place, expect, needs
from conformance.acceptance.running import validated

ROWS = {f"W{number:02}" for number in range(1, 53)}
SUBJECTS = ("python", "java")


def tests(place: Place, *files: str, seconds: float = 1200) -> str:
    """Runs these files, or tests of them, with pytest's options; each has to pass, and none may be skipped."""
    for path in (file.partition("::")[0] for file in files if ".py" in file):
        expect((place.clone / path).exists(), f"there is no {path}")
    output = place.run("build/venv/bin/python", "-m", "pytest", "-q", "-rs", *files, timeout=seconds)
    skipped = re.findall(r"^SKIPPED.*$", output, re.MULTILINE)
    expect(not skipped, "\n" + "\n".join(skipped))
    found = re.findall(r"^=*\s*(\d+ passed.* in [\d.]+s.*?)\s*=*$", output, re.MULTILINE)
    expect(found, output)
    return str(found[-1])


def java(place: Place, module: str, *classes: str) -> str:
    """Runs these test classes of a module."""
    wanted = ",".join(classes)
    command = f"mvn -B -P-lint -pl {module} -am test -Dtest={wanted} -Dsurefire.failIfNoSpecifiedTests=false"
    output = place.run("bash", "-c", f". config/jdk.sh && find_jdk && exec {command}", timeout=1200)
    told = []
    for name in classes:
        found = re.search(rf"Tests run: (\d+), Failures: 0, Errors: 0, Skipped: 0, .* -- in \S+\.{name}\b", output)
        if not found:
            raise Failed(f"{name} was not run, or tests of it were skipped")
        told.append(f"{name} {found[1]} passed")
    return ", ".join(told)


def checklist(place: Place) -> str:
    """52 rows x 2 subjects, from the report that the run writes."""
    place.run("build/venv/bin/python", "-m", "pytest", "-q", "conformance", "--checklist", timeout=1200)
    rows = json.loads((place.clone / "build/pep3333.json").read_text())
    missing = ROWS - {row["case"] for row in rows}
    expect(not missing, f"no row for {', '.join(sorted(missing))}")
    results = [(f"{row['case']} {subject}", row[subject]) for row in rows for subject in SUBJECTS]
    bad = [f"{name}: {result}" for name, result in results if result != "passed"]
    expect(not bad, "; ".join(bad))
    count = sum(row[f"{subject}_tests"] for row in rows for subject in SUBJECTS)
    return f"{len(rows)} rows x {len(SUBJECTS)} subjects passed, by {count} tests; the report is build/pep3333.md"


def corpus(place: Place) -> str:
    """Each request whole, byte by byte and with another one behind: by the parser alone, and over sockets."""
    files = len(list((place.clone / "conformance/corpus").rglob("*.http")))
    parser = java(place, "http1", "CorpusTest")
    return f"{files} files; {parser}; over sockets {tests(place, 'conformance/test_corpus.py')}"


def advisories(place: Place) -> str:
    return tests(place, "conformance/test_advisories.py")


def differential(place: Place) -> str:
    return tests(place, "conformance/test_differential.py")


def judges(place: Place) -> str:
    """wsgiref.validate and Werkzeug's lint, each between the server and an application."""
    told = [f"wsgiref.validate: {validated(place)}"]
    linted = validated(place, "conformance.acceptance.apps.linted:app", "--python", "build/venv")
    told += [f"Werkzeug's lint: {linted}", tests(place, "conformance/test_validate.py")]
    return "; ".join(told)


def fuzz(place: Place, target: str, executions: int) -> str:
    """The last line says seed and executions."""
    output = place.run("fuzz/run", target, "--executions", str(executions), timeout=60 + executions / 50)
    line = output.strip().splitlines()[-1]
    made = re.search(r"seed \d+, (\d+) executions", line)
    expect(made and int(made[1]) >= executions, f"not all executions were made: {line}")
    return line


def limits(place: Place) -> str:
    """The table of docs/limits.md is what the options say, and each row holds over sockets."""
    crowds = "not crowd and not descriptors"
    return f"{java(place, 'cli', 'LimitsDocumentTest')}; {tests(place, 'conformance/test_limits.py', '-k', crowds)}"


def crowd(place: Place) -> str:
    return tests(place, "conformance/test_limits.py::test_a_crowd_of_slow_senders_and_readers")


def descriptors(place: Place) -> str:
    return tests(place, "conformance/test_limits.py::test_a_shortage_of_descriptors_is_survived")


def proxies(place: Place) -> str:
    """A real nginx and a real HAProxy, with the configurations of docs/deploy.md; and the PROXY protocol by hand."""
    needs("nginx", "nginx")
    needs("haproxy", "haproxy")
    own = java(place, "server", "ForwardingTest", "ProxyProtocolTest", "UnixSocketTest")
    return f"{tests(place, 'conformance/test_proxies.py')}; {own}"


def errors(place: Place) -> str:
    return tests(place, "conformance/test_errors.py")


def early_hints(place: Place) -> str:
    return tests(place, "conformance/test_early_hints.py")


def files(place: Place) -> str:
    return tests(place, "conformance/test_files.py")


def lint(place: Place) -> str:
    """Each rule broken by a small application or middleware, and what others wrote; the contract is what it says."""
    return tests(place, "python/tests_pause/test_lint.py", "python/tests_pause/test_lint_middleware.py")
