"""Reads the files of ``conformance/corpus``, whose README says how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "corpus"

_REPEAT = re.compile(r"\\\{(\d+)\*([^{}]*)\}")
_ESCAPE = re.compile(r"\\(?:x([0-9A-F]{2})|([rnt]))")
_CONTROLS = {"r": "\r", "n": "\n", "t": "\t"}


@dataclass
class Accepted:
    """A request that is right; text is in ISO-8859-1."""

    method: str
    target: str
    version: str
    form: str = "origin"
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    close: bool = False
    served: tuple[int, str] | None = None
    """Status and words of the reason, if the server answers without the application."""

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name]


@dataclass
class Refused:
    """A request that is not."""

    status: int
    rule: str
    reason: str
    in_body: bool


@dataclass
class Case:
    """A file: its path below the corpus without the extension, what must become of each request, and the bytes."""

    name: str
    about: str
    accepted: list[Accepted]
    refused: Refused | None
    wire: bytes


def cases() -> list[Case]:
    """All files, in the order of their names."""
    return [read(path) for path in sorted(FOLDER.rglob("*.http"))]


def read(path: Path) -> Case:
    *paragraphs, request = path.read_text(encoding="ascii").rstrip("\n").split("\n\n")
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    case = Case(name, "", [], None, unescape(request.replace("\n", "")).encode("latin-1"))
    for paragraph in paragraphs:
        lines = paragraph.split("\n")
        case.about += " ".join(line[2:] for line in lines if line.startswith("# "))
        pairs = [line.split(":", 1) for line in lines if not line.startswith("#")]
        expected = [(key, value.strip(" ")) for key, value in pairs]
        if expected[0][0] == "refused":
            case.refused = _refused(dict(expected))
        else:
            case.accepted.append(_accepted(expected))
    return case


def _refused(expected: dict[str, str]) -> Refused:
    status, rule = expected.pop("refused").split(" ", 1)
    in_body = expected.pop("in", "head") == "body"
    refused = Refused(int(status), rule, expected.pop("reason"), in_body)
    assert not expected, expected
    return refused


def _accepted(expected: list[tuple[str, str]]) -> Accepted:
    assert expected[0][0] == "accepted", expected
    method, target, version = unescape(expected[0][1]).split(" ")
    request = Accepted(method, target, version)
    for key, value in expected[1:]:
        name, _, times = key.partition("*")
        match name:
            case "form":
                request.form = value
            case "field":
                field_name, field_value = unescape(value).split(":", 1)
                request.fields += [(field_name, field_value.removeprefix(" "))] * int(times or 1)
            case "body":
                request.body = unescape(value).encode("latin-1")
            case "close":
                request.close = True
            case "served":
                status, reason = value.split(" ", 1)
                request.served = int(status), reason
            case "expect":
                assert value == "100-continue"
            case _:
                raise ValueError(f"an unknown line: {key}")
    return request


def unescape(text: str) -> str:
    """Repetitions from the inside out, then the bytes that are written as escapes."""
    while (expanded := _REPEAT.sub(lambda match: match[2] * int(match[1]), text)) != text:
        text = expanded
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _CONTROLS[match[2]], text)
