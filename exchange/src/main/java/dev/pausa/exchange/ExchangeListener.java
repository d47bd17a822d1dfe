package dev.pausa.exchange;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * What happens to an exchange, for access log, metrics and time-outs (D14). Called outside the monitor by the thread in
 * which it happens; must not wait. Times are {@link Clock#nanos()}.
 */
public interface ExchangeListener {
    /** Hears nothing. */
    ExchangeListener NONE = new ExchangeListener() {};

    /** The PAUSE gate is shut and nobody is inside: the request holds no thread. */
    default void parked(Exchange exchange, long nanos) {}

    /** No longer parked: an epoch ended or the request is closing. */
    default void unparked(Exchange exchange, long nanos) {}

    /** Nobody is inside and only BACKPRESSURE is shut: write time-outs run. */
    default void stalled(Exchange exchange, long nanos) {}

    /**
     * The application raised or broke the contract; told once for each error.
     *
     * @param clientGone whether nobody waited for the response any more: the client had left, or the request was cut (P24)
     */
    default void applicationFailed(Exchange exchange, Throwable failure, boolean clientGone) {}

    /** {@code close()} of the body raised (P29). */
    default void closeFailed(Exchange exchange, Throwable failure) {}

    /** Every resume of the open epoch was dropped (P16). */
    default void pauseLeaked(Exchange exchange) {}

    /** A step goes on, or began, although its own resume is pending: middleware swallowed a block boundary (P43). */
    default void boundarySwallowed(Exchange exchange, @Nullable Body body) {}

    /** The body was shorter than the declared Content-Length, by this many bytes. */
    default void bodyTooShort(Exchange exchange, long missing) {}

    /** Excess over the declared Content-Length was dropped. */
    default void bodyTooLong(Exchange exchange) {}

    /** The request is over: body closed, output gone. Told exactly once. */
    default void released(Exchange exchange, CloseReason reason, long nanos) {}
}
