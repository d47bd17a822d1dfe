"""The checklist of PEP 3333 for a server: a row for each thing that it asks, or that servers agreed on since.

The first letter of a title says how much it is asked: M must, S should, Y may, + HTTP or usage, - explanation.
"""

from __future__ import annotations

import re

ROWS = {
    "W01": "M application called with two positional arguments; one object for all requests",
    "W02": "M environ is a dict of the request's own, free to be changed",
    "W03": "M REQUEST_METHOD, SERVER_NAME, SERVER_PORT, SERVER_PROTOCOL",
    "W04": "M SCRIPT_NAME, PATH_INFO, QUERY_STRING, CONTENT_TYPE, CONTENT_LENGTH",
    "W05": "M HTTP_ variables mirror the client's fields",
    "W06": "M CGI values are str; what is unknown is absent",
    "W07": "S further CGI variables; all are documented",
    "W08": "M wsgi.version and wsgi.url_scheme",
    "W09": "M wsgi.input, wsgi.errors, wsgi.multithread, wsgi.multiprocess, wsgi.run_once",
    "W10": "S own variables under a prefix of their own",
    "W11": "S variables by configuration (--environ)",
    "W12": "M URL reconstruction",
    "W13": "+ repeated fields joined; no ambiguous names",
    "W14": "+ input_terminated, early_hints, file_wrapper, RAW_URI, REQUEST_URI, REMOTE_PORT, SERVER_SOFTWARE",
    "W15": "M native strings are Latin-1 code points, both ways",
    "W16": "M bodies, write() and wsgi.input are bytes",
    "W17": "M wider characters in status or headers are errors",
    "W18": "+ PATH_INFO is percent-decoded, the raw target is kept",
    "W19": "M wsgi.input has read, readline, readlines, iteration",
    "W20": "S read() and readline(size); empty at the end and past it",
    "W21": "S end of file at Content-Length",
    "W22": "M wsgi.errors has write, writelines, flush and takes any text",
    "W23": "+ chunked request bodies; a body cut short raises",
    "W24": "M streams closed by an application do no harm",
    "W25": "M start_response is called by position and returns write",
    "W26": "M what status and headers must look like",
    "W27": "S checked inside start_response; a failed first call counts",
    "W28": "M headers leave with the first data, not before",
    "W29": "M a second call without exc_info is an error",
    "W30": "M exc_info replaces unsent headers, is raised after sent ones",
    "W31": "S no reference to exc_info is kept",
    "W32": "S hop-by-hop headers are errors",
    "W33": "M Date and Server are added if absent",
    "W34": "M start_response during iteration; not at all is an error",
    "W35": "M nothing is asked but the iterator protocol, len and close",
    "W36": "M no chunk is held back",
    "W37": "M len() is relied on; Content-Length of a single chunk",
    "W38": "M close() at the end, after errors, when the client left",
    "W39": "S Content-Length is kept, whatever the application sends",
    "W40": "Y without a length: chunked, or until the connection closes",
    "W41": "M write() sends, and before what is iterated",
    "W42": "S errors of applications are logged; 500, or a visible cut",
    "W43": "+ HEAD, 1xx, 204, 304",
    "W44": "+ framing of RFC 9112: nothing ambiguous reaches an application",
    "W45": "M Expect: 100-continue: at the first read, once",
    "W46": "M Transfer-Encoding of requests is the server's",
    "W47": "S responses go out as they were given",
    "W48": "S one thread, if the application wants that",
    "W49": "M extensions refuse what a middleware replaced",
    "W50": "M wsgi.file_wrapper",
    "W51": "M middleware: a value for each value, close() handed on",
    "W52": "- block boundaries let requests share threads",
}
NAME = re.compile(r"::test_w(\d\d)_")  # the test's name, not its file's
