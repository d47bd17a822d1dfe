/**
 * One request's life: from step 0 to the release, with its pauses.
 *
 * <p><b>What lives here.</b> {@link dev.pausa.exchange.Exchange} drives one application call. What happens next is decided
 * in {@code Transitions} alone, a pure table over {@code State} and {@code Moment}; {@link dev.pausa.exchange.ResponseHead}
 * has the rules of {@code start_response}, {@link dev.pausa.exchange.RequestInput} the request body.
 *
 * <p><b>Who calls in.</b> The transport ({@link dev.pausa.exchange.Exchange#on}), the threads of a worker
 * ({@link dev.pausa.exchange.TaskQueue.Task}), timers, and the application through its {@code environ}.
 *
 * <p><b>May depend on.</b> {@code dev.pausa.wsgi}. Sockets, threads and clocks come through ports: {@code Output},
 * {@code TaskQueue}, {@code Clock}, {@code ExchangeListener}.
 *
 * <p><b>Threads.</b> Any thread tells what happened. Under an exchange's monitor only the table runs: no application code,
 * no I/O, no port, no waiting (but for the wait that gives the monitor up). Commands run after the state has changed, outside the
 * monitor. Lock order: GIL, then the monitor.
 *
 * <p><b>Limits.</b> No HTTP syntax, no sockets, no logging, no time-outs but the bound of a pause.
 */
package dev.pausa.exchange;
