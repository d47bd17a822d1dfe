/**
 * The fixture applications of the conformance suite in Java: the same paths and the same records as those in Python
 * ({@code conformance/cases}).
 *
 * <p><b>What lives here.</b> {@link dev.pausa.conformance.Cases}, which mounts one small application for each case, and
 * a class of cases for each topic.
 *
 * <p><b>Who calls in.</b> A server that was started with {@code java:dev.pausa.conformance.Cases}.
 *
 * <p><b>May depend on.</b> {@code dev.pausa.wsgi} and {@code java.base}.
 *
 * <p><b>Threads.</b> Worker threads of the server, one thread for timers, and those that a case starts for its races.
 *
 * <p><b>Limits.</b> Tests only; records are kept for ever.
 */
@NullMarked
package dev.pausa.conformance;

import org.jspecify.annotations.NullMarked;
