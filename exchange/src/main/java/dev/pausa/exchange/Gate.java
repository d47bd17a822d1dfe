package dev.pausa.exchange;

/** A reason not to step. Several may be shut at once; no step begins unless all are open. */
enum Gate {
    /** An epoch is open (P6, P7). */
    PAUSE(1),
    /** The client reads slowly; the transport opens it again. */
    BACKPRESSURE(2),
    /** The application yielded nothing several times in a row without a pause, or leaked one; an alarm opens it (P16, P21). */
    BACKOFF(4);

    /** Its place in {@link Gates}. */
    final int bit;

    Gate(int bit) {
        this.bit = bit;
    }
}
