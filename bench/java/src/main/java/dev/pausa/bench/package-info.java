/**
 * What the parts of a request cost, without sockets: the parser, the exchange, and the bridge to CPython.
 *
 * <p><b>What lives here.</b> {@code *Work} are the pieces of work; {@code *Benchmark} measures them by JMH; the test
 * {@code CostTest} holds them to what they have cost so far.
 *
 * <p><b>Who calls in.</b> JMH, started by {@code bench/micro}, and the tests.
 *
 * <p><b>May depend on.</b> {@code http1}, {@code exchange}, {@code cpython} through what they export, and JMH.
 *
 * <p><b>Threads.</b> Each piece of work belongs to one thread. That of the bridge must be attached to the interpreter.
 *
 * <p><b>Limits.</b> No server, no load, no comparison with others: that is {@code bench/run}.
 */
@NullMarked
package dev.pausa.bench;

import org.jspecify.annotations.NullMarked;
