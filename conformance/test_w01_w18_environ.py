"""W01 to W18: how an application is called, what is in environ (PEP 3333, "environ Variables", "Unicode Issues")."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import quote
from wsgiref.util import request_uri

import pytest

from conformance.client import Connection
from conformance.conftest import Serve
from conformance.server import ROOT, Server

CGI = {
    *("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH"),
    *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SERVER_SOFTWARE", "REMOTE_ADDR", "REMOTE_PORT"),
    *("RAW_URI", "REQUEST_URI", "HTTPS"),
}
ALLOWED = {"dict": True, "keys": True, "version": True, "latin-1": True}


def environ(server: Server, target: str = "/environ", headers: str = "", method: str = "GET") -> dict[str, Any]:
    """The variables of a request: strings as they are, of others the type's name."""
    answer = server.ask(target, method, headers)
    assert answer.status == 200
    noted = json.loads(answer.body)
    assert noted["facts"] == ALLOWED
    values: dict[str, Any] = noted["values"]
    return values


def environ_of(server: Server, request: bytes) -> dict[str, Any]:
    """The same of a request by hand."""
    connection = server.connect()
    connection.send(request)
    values: dict[str, Any] = json.loads(connection.response().body)["values"]
    return values


def test_w01_one_object_is_called_for_each_request(server: Server) -> None:
    """Python: by position only, or the call would fail. Java: ``call(environ, startResponse)`` of one instance."""
    connection = server.connect()
    answers = []
    for _ in range(20):
        connection.request("/call")
        answers.append(json.loads(connection.response().body))
    first = answers[0][0]
    assert answers == [[first + number, 1] for number in range(20)]


def test_w02_environ_is_a_dict(server: Server) -> None:
    """Python: exactly ``dict``. Java: exactly ``Environ``, a mutable map."""
    answer = server.ask("/environ")
    assert json.loads(answer.body)["facts"]["dict"] is True


@pytest.mark.parametrize("when", ["early", "late"])
@pytest.mark.parametrize("how", ["clear", "change"])
def test_w02_environ_belongs_to_the_application(serve: Serve, how: str, when: str) -> None:
    server = serve("--threads", "2", "--access-logfile", "-")
    run = server.prepare("spoil", how=how, when=when)
    for method in ("GET", "HEAD", "POST"):
        run.connection.request(run.target, method, body=b"body" if method == "POST" else b"")
        answer = run.response(method)
        assert answer.status == 200
        assert answer.complete
        assert answer.body == (b"" if method == "HEAD" else b"one two")
    run.events(lambda events: events.counts.get("close", 0) == 3)
    assert run.events().values("close") == ["end", "end", "end"]
    assert server.get("/ping").body == b"pong"
    deadline = time.monotonic() + 2
    while f'"HEAD {run.target} HTTP/1.1" 200' not in server.log():  # the log shows the request as it came
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.02)


def test_w02_environ_is_fresh(server: Server) -> None:
    connection = server.connect()
    for _ in range(3):
        connection.request("/seen")
        assert connection.response().body == b"None"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PROPFIND", "x-OWN!"])
def test_w03_request_method(server: Server, method: str) -> None:
    assert environ(server, method=method)["REQUEST_METHOD"] == method


def test_w03_server_variables(server: Server) -> None:
    variables = environ(server)
    assert variables["SERVER_NAME"] == "127.0.0.1"
    assert variables["SERVER_PORT"] == str(server.address[1])
    assert variables["SERVER_PROTOCOL"] == "HTTP/1.1"


def test_w03_server_protocol_is_that_of_the_request(server: Server) -> None:
    variables = environ_of(server, b"GET /environ HTTP/1.0\r\n\r\n")
    assert variables["SERVER_PROTOCOL"] == "HTTP/1.0"
    assert variables["SERVER_NAME"] == "127.0.0.1"


def test_w04_path_and_query(server: Server) -> None:
    variables = environ(server, "/environ/a//b/?q=1&r=%20?/")
    assert variables["SCRIPT_NAME"] == ""
    assert variables["PATH_INFO"] == "/environ/a//b/"
    assert variables["QUERY_STRING"] == "q=1&r=%20?/"
    assert environ(server)["QUERY_STRING"] == ""


def test_w04_content_type_and_length(server: Server) -> None:
    answer = server.ask("/environ", "POST", "Content-Type: text/x; a=b\r\n", b"12345")
    variables = json.loads(answer.body)["values"]
    assert variables["CONTENT_TYPE"] == "text/x; a=b"
    assert variables["CONTENT_LENGTH"] == "5"
    without = environ(server)
    assert without.get("CONTENT_TYPE", "") == without.get("CONTENT_LENGTH", "") == ""


def test_w05_fields_of_the_client(server: Server) -> None:
    fields = "X-Own: a  b\r\nx-CASE: c\r\nAccept:\t*/* \r\nX-Empty:\r\nX.Odd~Token: d\r\nContent-Type: e\r\n"
    variables = environ(server, headers=fields)
    mirrored = {key: value for key, value in variables.items() if key.startswith("HTTP_")}
    assert mirrored == {
        "HTTP_HOST": "test",
        "HTTP_X_OWN": "a  b",
        "HTTP_X_CASE": "c",
        "HTTP_ACCEPT": "*/*",
        "HTTP_X_EMPTY": "",
        "HTTP_X.ODD~TOKEN": "d",
    }
    assert variables["CONTENT_TYPE"] == "e"


def test_w06_values_are_strings_or_absent(server: Server) -> None:
    """Java: ``String`` under each name of CGI."""
    variables = environ(server, headers="X-Own: a\r\n")
    for key, value in variables.items():
        assert value not in ("NoneType", "null"), key
        if key in CGI or key.startswith("HTTP_"):
            assert isinstance(value, str)
            assert (key, value) not in [(key, name) for name in ("str", "int", "bytes", "Integer")]
    for unknown in ("REMOTE_USER", "AUTH_TYPE", "PATH_TRANSLATED", "REMOTE_HOST", "HTTPS"):
        assert unknown not in variables


def test_w07_the_client(server: Server) -> None:
    connection = server.connect()
    connection.request("/environ")
    variables = json.loads(connection.response().body)["values"]
    assert (variables["REMOTE_ADDR"], variables["REMOTE_PORT"]) == (
        connection.socket.getsockname()[0],
        str(connection.socket.getsockname()[1]),
    )


def test_w07_every_variable_is_documented(server: Server) -> None:
    documented = (ROOT / "docs" / "environ.md").read_text(encoding="utf-8")
    for key in environ(server):
        assert f"`{key}`" in documented or key.startswith("HTTP_"), key


def test_w08_version_and_scheme(server: Server) -> None:
    """Java: the list (1, 0)."""
    variables = environ(server)  # which looks at the version's value
    assert variables["wsgi.version"] == "tuple"
    assert variables["wsgi.url_scheme"] == "http"


def test_w09_streams_and_flags(serve: Serve) -> None:
    several, one = environ(serve("--threads", "2")), environ(serve("--threads", "1"))
    for variables in (several, one):
        assert {"wsgi.input", "wsgi.errors"} <= variables.keys()
        for flag in ("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"):
            assert variables[flag] == "bool"


def test_w10_own_variables_have_a_prefix(serve: Serve) -> None:
    own = [key for key in environ(serve()) if key not in CGI and not key.startswith("HTTP_")]
    assert "pausa.call_later" in own
    for key in own:
        assert re.fullmatch(r"(wsgi|pausa)\.[a-z0-9_.]+", key), key


def test_w11_variables_by_configuration(serve: Serve) -> None:
    options = (
        "--threads",
        "2",
        "--environ",
        "myapp.settings=a=b c",
        "--environ",
        "EMPTY=",
        "--environ",
        "LATIN=caf\xe9",
    )
    server = serve(*options)
    for _ in range(2):
        variables = environ(server)
        assert variables["myapp.settings"] == "a=b c"
        assert variables["EMPTY"] == ""
        assert variables["LATIN"] == "caf\xe9"


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        ("/environ", "example.org", "http://example.org/environ"),
        ("/environ/x?a=b&c", "example.org:81", "http://example.org:81/environ/x?a=b&c"),
        ("/environ/caf%C3%A9%20%3F", "example.org", "http://example.org/environ/caf%C3%A9%20%3F"),
        ("http://example.org/environ?", "example.org", "http://example.org/environ"),
        ("/environ/", None, "http://127.0.0.1:{port}/environ/"),
    ],
)
def test_w12_url_reconstruction(server: Server, target: str, host: str | None, url: str) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n" if host else f"GET {target} HTTP/1.0\r\n\r\n"
    variables = environ_of(server, head.encode())
    assert request_uri(variables) == url.format(port=server.address[1])


def test_w13_repeated_fields(server: Server) -> None:
    fields = (
        "Accept: a\r\nX-Own: one\r\naccept: b\r\nCookie: a=1\r\nX-Own: two, three\r\nCOOKIE: b=2; c=3\r\n"
        "X-OWN: \r\ncookie: d=4\r\n"
    )
    variables = environ(server, headers=fields)
    assert variables["HTTP_ACCEPT"] in ("a,b", "a, b")
    assert variables["HTTP_X_OWN"] in ("one,two, three,", "one, two, three, ")
    assert variables["HTTP_COOKIE"] == "a=1; b=2; c=3; d=4"


def test_w13_names_are_not_ambiguous(server: Server) -> None:
    fields = "X-User: client\r\nX_User: forged\r\nX_Only: forged\r\nProxy: http://evil\r\nContent_Length: 9\r\n"
    variables = environ(server, headers=fields)
    assert variables["HTTP_X_USER"] == "client"
    for key in ("HTTP_X_ONLY", "HTTP_PROXY", "HTTP_CONTENT_LENGTH", "CONTENT_LENGTH"):
        assert key not in variables


def test_w14_variables_of_usage(server: Server) -> None:
    """Java: ``FileWrapper`` is a class, not a variable."""
    variables = environ(server, "/environ/%2F?x=%2F")
    assert variables["wsgi.input_terminated"] == "bool"
    assert variables["RAW_URI"] == variables["REQUEST_URI"] == "/environ/%2F?x=%2F"
    assert variables["SERVER_SOFTWARE"].startswith("pausa/")
    assert variables["REMOTE_PORT"].isdigit()
    if server.subject == "python":
        assert "wsgi.file_wrapper" in variables


def test_w14_early_hints(server: Server) -> None:
    """The callable's other rules: ``test_hints.py``."""
    run = server.run("hints", kind="plain")
    hint = run.connection.head()
    assert (hint.status, hint.header("Link")) == (103, "</style.css>; rel=preload; as=style")
    answer = run.response()
    assert (answer.status, answer.complete) == (200, True)
    assert answer.body.startswith(b"data ")


def test_w15_native_strings_in(server: Server) -> None:
    connection = server.connect()
    query = bytes(byte for byte in range(0xA0, 0x100))
    connection.send(b"GET /environ/%FF%00%80?a HTTP/1.1\r\nHost: test\r\nX-Raw: " + query + b"\r\n\r\n")
    noted = json.loads(connection.response().body)
    assert noted["facts"]["latin-1"] is True
    assert noted["values"]["HTTP_X_RAW"] == query.decode("latin-1")
    assert noted["values"]["PATH_INFO"] == "/environ/\xff\x00\x80"


def test_w15_native_strings_out(server: Server) -> None:
    connection = server.connect()
    run = server.prepare("answer", connection, kind="as-given").send()
    answer = run.response()  # which the client decodes as Latin-1
    assert answer.reason == "Its Own Reason \xe9"
    assert answer.header("X-Latin") == "caf\xe9"


def refused(server: Server, target: str, **query: object) -> None:
    """The application's request is answered with 500, and the log says so once."""
    run = server.run(target, **query)
    answer = run.response()
    assert answer.status == 500, (target, query)
    assert answer.complete
    assert b"WRONG" not in answer.body
    server.expect_error(run.identity)


def test_w16_chunks_of_other_types_are_errors(server: Server) -> None:
    """Java: a chunk is a ``ByteBuffer`` of any kind, and ``null`` is the end."""
    if server.subject == "python":
        for kind in ("str", "int", "none", "bytearray", "memoryview", "list"):
            refused(server, "answer", kind="chunk", type=kind)
        for kind in ("str", "bytes", "none", "int"):
            refused(server, "answer", kind="whole", type=kind)
        return
    for kind, body in (("direct", b"data"), ("read-only", b"data"), ("slice", b"data"), ("null", b"")):
        answer = server.run("answer", kind="chunk", type=kind).response()
        assert (answer.status, answer.body) == (200, body)
    refused(server, "answer", kind="whole", type="none")


def test_w16_write_takes_bytes_only(server: Server) -> None:
    """Java: a ``ByteBuffer``, and no ``null``."""
    kinds = ("str", "int", "none", "list") if server.subject == "python" else ("null",)
    for kind in kinds:
        refused(server, "answer", kind="write-type", type=kind)


def test_w16_input_gives_bytes(server: Server) -> None:
    """Java: the types say so; here its bytes are those that were sent."""
    body = bytes(range(256)) + b"line\nline\nrest"
    if server.subject == "python":
        assert server.ask("/input-types", "POST", body=body).body == b"true"
    answer = server.ask("/input?do=read", "POST", body=body)
    assert json.loads(answer.body) == [body.decode("latin-1")]


@pytest.mark.parametrize(
    ("status", "name", "value"),
    [
        ("200 \u20ac", "X-A", "b"),
        ("200 OK", "X-\u0100", "b"),
        ("200 OK", "X-A", "\u20ac"),
        ("200 OK", "X-A", "b \U0001f600"),
    ],
)
def test_w17_wider_characters(server: Server, status: str, name: str, value: str) -> None:
    refused(server, "start", status=quote(status), name=quote(name), value=quote(value))


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("/environ/a%2Fb%2fc", "/environ/a/b/c"),
        ("/environ/%C3%A9", "/environ/\xc3\xa9"),
        ("/environ/a+b%20c;d=%25", "/environ/a+b c;d=%"),
        ("/environ/%2e%2E/x", "/environ/../x"),
    ],
)
def test_w18_path_is_decoded_and_the_target_kept(server: Server, raw: str, decoded: str) -> None:
    variables = environ(server, raw + "?q=%2F")
    assert variables["PATH_INFO"] == decoded
    assert variables["RAW_URI"] == raw + "?q=%2F"
    assert variables["QUERY_STRING"] == "q=%2F"


def test_w18_absolute_form(server: Server) -> None:
    connection: Connection = server.connect()
    connection.send(b"GET http://test/environ/%61?b HTTP/1.1\r\nHost: test\r\n\r\n")
    variables = json.loads(connection.response().body)["values"]
    assert variables["PATH_INFO"] == "/environ/a"
    assert variables["RAW_URI"] == "http://test/environ/%61?b"
