package dev.pausa.exchange;

import java.util.ArrayList;
import java.util.List;

/** The gates that are shut: one shared object for each of the eight sets, so that identity is equality. */
final class Gates {
    private static final Gates[] SETS = sets();

    /** No gate is shut. */
    static final Gates OPEN = SETS[0];

    private final int bits;

    private Gates(int bits) {
        this.bits = bits;
    }

    private static Gates[] sets() {
        var sets = new Gates[1 << Gate.values().length];
        for (int bits = 0; bits < sets.length; bits++) {
            sets[bits] = new Gates(bits);
        }
        return sets;
    }

    boolean shut(Gate gate) {
        return (bits & gate.bit) != 0;
    }

    Gates with(Gate gate) {
        return SETS[bits | gate.bit];
    }

    Gates without(Gate gate) {
        return SETS[bits & ~gate.bit];
    }

    @Override
    public String toString() {
        List<String> shut = new ArrayList<>();
        for (Gate gate : Gate.values()) {
            if (shut(gate)) {
                shut.add(gate.name());
            }
        }
        return shut.isEmpty() ? "open" : String.join("+", shut);
    }
}
