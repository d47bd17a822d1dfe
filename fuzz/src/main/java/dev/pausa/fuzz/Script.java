package dev.pausa.fuzz;

import java.util.List;

/** Bytes as a row of choices; when they are used up, the first choice is taken each time. */
final class Script {
    private final byte[] bytes;
    private int at;

    Script(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean ended() {
        return at == bytes.length;
    }

    /** A number from 0 to {@code bound} - 1. */
    int next(int bound) {
        return ended() ? 0 : (bytes[at++] & 0xff) % bound;
    }

    <T> T of(List<T> choices) {
        return choices.get(next(choices.size()));
    }

    /** True for one choice in {@code of}. */
    boolean seldom(int of) {
        return next(of) == of - 1;
    }
}
