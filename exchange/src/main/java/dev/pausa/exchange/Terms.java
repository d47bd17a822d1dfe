package dev.pausa.exchange;

/**
 * What decides what a living request may do next.
 *
 * @param shut the gates that are shut; a step is due when none is
 * @param calls callbacks of timers and of the input that are due (P31, P54); gates do not hold them back
 * @param half whether a FIN makes it a disconnect to park (P28)
 */
record Terms(Gates shut, int calls, boolean half) {
    /** Nothing in the way, nothing waiting. */
    static final Terms CLEAR = new Terms(Gates.OPEN, 0, false);

    boolean clear() {
        return open() && calls == 0 && !half;
    }

    /** Whether a step may begin. */
    boolean open() {
        return shut == Gates.OPEN;
    }

    /** Whether there is anything to do for a thread. */
    boolean due() {
        return open() || calls > 0;
    }

    boolean paused() {
        return shut.shut(Gate.PAUSE);
    }

    Terms shut(Gate gate) {
        return with(shut.with(gate));
    }

    Terms open(Gate gate) {
        return with(shut.without(gate));
    }

    Terms calls(int change) {
        return new Terms(shut, calls + change, half);
    }

    Terms halfClosed() {
        return new Terms(shut, calls, true);
    }

    private Terms with(Gates gates) {
        if (gates == shut) {
            return this;
        }
        return new Terms(gates, calls, half);
    }

    @Override
    public String toString() {
        return shut + (calls == 0 ? "" : ", calls " + calls) + (half ? ", half-closed" : "");
    }
}
