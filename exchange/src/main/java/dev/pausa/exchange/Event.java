package dev.pausa.exchange;

/** What a transport tells an exchange. Each may come from any thread. */
public enum Event {
    /** Nobody is there any more: RST, a failed write, or a FIN before the request was complete (P26, P27). */
    DISCONNECTED,
    /** The client shut down its sending side after a complete request (P28). */
    HALF_CLOSED,
    /** The next write crosses the high-water mark. */
    CONGESTED,
    /** Below the low-water mark again. */
    WRITABLE,
    /** Every byte of the complete response was handed to the operating system. */
    FLUSHED
}
