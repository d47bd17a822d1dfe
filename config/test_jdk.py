"""`config/jdk.sh` takes the first usable JDK, and otherwise says what it looked at."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().with_name("jdk.sh")
SHELLS = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]


def jdk(folder: Path, version: str, compiler: bool = True, library: bool = True) -> Path:
    """Makes a folder that looks like a JDK from outside. No Java is ever started, so its files may be empty."""
    for name, wanted in (("bin/java", True), ("bin/javac", compiler), ("lib/server/libjvm.so", library)):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if wanted:
            file.touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{version}"\n')
    return folder


def find(shell: str, home: Path | None, path: list[Path], minimum: int = 25) -> subprocess.CompletedProcess[str]:
    """Runs find_jdk in an environment of its own; the usual folders of this machine are out of reach by `minimum`."""
    command = [shell, *(["sh"] if shell == "busybox" else []), "-c"]
    command += ['set -eu; . "$1"; PAUSA_JAVA_MINIMUM=$2; find_jdk; echo "$JAVA_HOME"', "sh", str(SCRIPT), str(minimum)]
    environment = {"PATH": ":".join([*map(str, path), "/usr/bin", "/bin"]), "HOME": "/nonexistent"}
    if home:
        environment["JAVA_HOME"] = str(home)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=10)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("version", ["25", "25.0.3", "26-ea", "101.0.1+7"])
def test_java_home_wins(tmp_path: Path, shell: str, version: str) -> None:
    home = jdk(tmp_path / "home with space", version)
    other = jdk(tmp_path / "other", "30")
    assert find(shell, home, [other / "bin"]).stdout == f"{home}\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_link_on_path_leads_to_the_jdk(tmp_path: Path, shell: str) -> None:
    real = jdk(tmp_path / "real", "25.0.1")
    links = tmp_path / "links"
    links.mkdir()
    (links / "java").symlink_to(real / "bin" / "java")
    old = jdk(tmp_path / "old", "17.0.15")
    assert find(shell, old, [links]).stdout == f"{real}\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_looked_at_is_said(tmp_path: Path, shell: str) -> None:
    eight = jdk(tmp_path / "eight", "1.8.0_402")
    bare = jdk(tmp_path / "bare", "1000", compiler=False)
    result = find(shell, eight, [bare / "bin"], minimum=1000)
    assert result.returncode == 1
    assert result.stdout == ""
    assert f"JAVA_HOME={eight}: Java 8\n" in result.stderr
    assert f"java on PATH, {bare}/bin/java: Java 1000, but without bin/javac\n" in result.stderr
    assert "Install a JDK 1000" in result.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_a_runtime_without_libjvm_or_release_is_no_jdk(tmp_path: Path, shell: str) -> None:
    assert "without lib/server/libjvm" in find(shell, jdk(tmp_path / "a", "1000", library=False), [], 1000).stderr
    broken = jdk(tmp_path / "b", "1000")
    (broken / "release").unlink()
    assert f"JAVA_HOME={broken}: no Java there" in find(shell, broken, [], 1000).stderr
