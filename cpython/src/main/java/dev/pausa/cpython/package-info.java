/**
 * CPython as a WSGI application: the bridge between the JVM and an interpreter in the same process.
 *
 * <p><b>What lives here.</b> {@link dev.pausa.cpython.Interpreter} and all state of the bridge, which hangs off it;
 * {@link dev.pausa.cpython.PythonApplication}, which runs a request; how Java's threads attach. The part that is said in
 * Python is {@code python/pausa/_bridge.py}.
 *
 * <p><b>Who calls in.</b> The command line, embedders, tests; and CPython, through the guard in {@code Functions}.
 *
 * <p><b>May depend on.</b> {@code dev.pausa.wsgi} and {@code java.base}; it alone has native access.
 *
 * <p><b>Threads.</b> Python runs on platform threads with 16 MB of stack that attached once
 * ({@link dev.pausa.cpython.PythonThreads}). Whoever waits detaches first. References are dropped by attached threads only;
 * others queue them. Raw pointers are {@code long}; a name or comment says who owns them.
 *
 * <p><b>Limits.</b> CPython 3.10 to 3.14 on Linux. No sockets, no scheduling, no HTTP.
 */
package dev.pausa.cpython;
