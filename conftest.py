"""What all tests in Python have in common."""

import signal


def pytest_configure() -> None:
    # A shell has what it runs in the background ignore these; the servers that are tested would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
