"""``python -m conformance http://HOST:PORT``: the cases of the pausing specification against any server.

That server serves ``conformance.cases.app:app`` (from the clone) in one process with eight threads or more.
A case that needs an option of the server, its process or its log is reported as not applicable. Ends with 0 if no case
failed, 1 if one did, 2 if there is no such server. Needs pytest, pytest-timeout and Flask.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="pausa conformance", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("url", help="http://HOST:PORT")
    parser.add_argument("-k", metavar="CASES", help="only these, as pytest's -k: 'c04 or c05'")
    parser.add_argument("--threads", type=int, help="how many threads the server has, if they are fewer than eight")
    options = parser.parse_args()
    arguments = ["-q", "--tb=short", "-p", "no:cacheprovider", f"--rootdir={FOLDER.parent}", "--url", options.url]
    if options.k:
        arguments += ["-k", options.k]
    if options.threads:
        arguments += ["--url-threads", str(options.threads)]
    return int(pytest.main([*arguments, str(FOLDER)]))


if __name__ == "__main__":
    sys.exit(main())
