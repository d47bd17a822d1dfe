"""The conformance suite of the pausing specification: cases over real sockets, for a Python and a Java application."""
