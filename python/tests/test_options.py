"""The JVM's options in JNI's spelling."""

from __future__ import annotations

from pathlib import Path

import pytest

from pausa._options import OptionError, jvm_options, rewrite


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (["-Xmx1g", "-Dkey=value"], ["-Xmx1g", "-Dkey=value"]),
        (["--add-modules", "java.sql"], ["--add-modules=java.sql"]),
        (["--add-modules=java.sql"], ["--add-modules=java.sql"]),
        (["-p", "a:b", "--add-opens", "m/p=q"], ["--module-path=a:b", "--add-opens=m/p=q"]),
        (["-cp", "x.jar"], ["-Djava.class.path=x.jar"]),
        (["--class-path=x.jar"], ["-Djava.class.path=x.jar"]),
    ],
)
def test_rewrite(given: list[str], passed: list[str]) -> None:
    assert rewrite(given) == passed


@pytest.mark.parametrize("words", [["--add-modules"], ["@file"], ["Main"]])
def test_rewrite_refuses(words: list[str]) -> None:
    with pytest.raises(OptionError):
        rewrite(words)


def test_users_options_come_last_and_split_as_in_a_shell() -> None:
    options = jvm_options(Path("/lib"), "-Xms1g '-Dname=two words'")
    assert options[-2:] == ["-Xms1g", "-Dname=two words"]
    assert options.index("-Xms64m") < options.index("-Xms1g")


@pytest.mark.parametrize(
    ("user", "initial"),
    [
        ("-Xmx63m", False),
        ("-XX:MaxHeapSize=1048576", False),
        ("-Xmx64m", True),
        ("-Xmx1m -Xmx65536K", True),
        ("", True),
    ],
)
def test_the_initial_heap_is_within_the_users_maximum(user: str, initial: bool) -> None:
    options = jvm_options(Path("/lib"), user)
    assert ("-Xms64m" in options) is initial
    assert ("-XX:NewSize=32m" in options) is initial


def test_unbalanced_quotes_are_refused() -> None:
    with pytest.raises(OptionError, match="PAUSA_JAVA_OPTIONS"):
        jvm_options(Path("/lib"), "'-Xmx1g")


def test_users_module_path_follows_ours() -> None:
    options = jvm_options(Path("/lib"), "--module-path /more")
    assert [option for option in options if option.startswith("--module-path")] == ["--module-path=/lib:/more"]


def test_users_collector_replaces_ours() -> None:
    assert "-XX:+UseSerialGC" in jvm_options(Path("/lib"), "-Xmx1g")
    assert "-XX:+UseSerialGC" not in jvm_options(Path("/lib"), "-XX:+UseG1GC")


def test_the_working_directory_is_no_class_path() -> None:
    assert "-Djdk.module.main=dev.pausa.cli" in jvm_options(Path("/lib"), "")
