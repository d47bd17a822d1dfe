/**
 * The WSGI contract in Java (PEP 3333, and the specification of pausing, {@code docs/pausing.md}).
 *
 * <p><b>What lives here.</b> The interfaces between an application, its middleware and a server, and the
 * {@link dev.pausa.wsgi.Environ} that travels between them.
 *
 * <p><b>Who calls in.</b> Applications and middleware written in Java; the server; the bridge to CPython.
 *
 * <p><b>May depend on.</b> {@code java.base} and nothing else.
 *
 * <p><b>Threads.</b> An {@code Environ} belongs to its request and is used by one thread at a time; what it holds
 * says for itself when it may be called from others.
 *
 * <p><b>Limits.</b> No I/O, no HTTP syntax, no policy.
 */
package dev.pausa.wsgi;
