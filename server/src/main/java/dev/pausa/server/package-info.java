/**
 * The server: listeners, limits, workers and the access log; start, drain and stop.
 *
 * <p><b>What lives here.</b> {@link dev.pausa.server.Server} and what configures it. How bytes travel is in the hidden
 * package {@code dev.pausa.server.netty}.
 *
 * <p><b>Who calls in.</b> The command line, and programs that embed the server.
 *
 * <p><b>May depend on.</b> {@code exchange}, {@code wsgi}, the limits of {@code http1}, and Netty inside the hidden package.
 *
 * <p><b>Threads.</b> Event loops ({@code pausa-io-N}) never run application code and never wait; a
 * {@link dev.pausa.server.Worker} owns the threads that do. Public methods may be called from any other thread.
 *
 * <p><b>Limits.</b> One application for each server; no TLS and no HTTP/2 yet.
 */
package dev.pausa.server;
