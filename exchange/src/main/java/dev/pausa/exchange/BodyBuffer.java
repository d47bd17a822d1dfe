package dev.pausa.exchange;

import dev.pausa.exchange.RequestInput.Loan;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** The bytes of a request body that came and were not read yet: loans, and copies behind them. Not thread-safe. */
final class BodyBuffer {
    private static final byte[] NONE = {};

    private final int capacity;
    private final Queue<Loan> loans = new ArrayDeque<>(2);

    /** Bytes of the loans. */
    private int lent;

    // The copies are copied[from] to copied[to - 1].
    private byte[] copied = NONE;
    private int from;
    private int to;

    /** Bytes of the body that are still to come. */
    private long missing;

    /** {@code capacity}: how many bytes it should hold; {@code length}: of the body, if anybody knows. */
    BodyBuffer(int capacity, long length) {
        this.capacity = capacity;
        this.missing = length;
    }

    int size() {
        return lent + to - from;
    }

    /** Answers {@code false}, with nothing done, if copies are before it. */
    boolean keep(Loan loan) {
        if (to > from) {
            return false;
        }
        loans.add(loan);
        int size = loan.bytes().remaining();
        lent += size;
        missing -= size;
        return true;
    }

    void copy(ByteBuffer data) {
        int size = data.remaining();
        makeRoom(size);
        data.get(copied, to, size);
        to += size;
        missing -= size;
    }

    /**
     * Many small pieces share an array, of at most the capacity and a piece; a large one gets an array of its own, with
     * room for the rest of the body if that is not much more.
     */
    private void makeRoom(int size) {
        int kept = to - from;
        if (copied.length - to < size) {
            boolean fits = kept + size <= copied.length / 2;
            byte[] room = fits ? copied : new byte[room(kept, size)];
            System.arraycopy(copied, from, room, 0, kept);
            copied = room;
            from = 0;
            to = kept;
        }
    }

    private int room(int kept, int size) {
        if (kept > 0) {
            return Math.max(kept + size, Math.min(2 * (kept + size), capacity + size));
        }
        return missing <= Math.min(4L * size, capacity) ? (int) missing : size;
    }

    /** Moves as much as there is, and room for; answers how much that was. */
    int move(ByteBuffer into) {
        int before = into.position();
        while (lent > 0 && into.hasRemaining()) {
            moveLent(into);
        }
        int count = Math.min(into.remaining(), to - from);
        into.put(copied, from, count);
        from += count;
        if (size() == 0) {
            clear();
        }
        return into.position() - before;
    }

    private void moveLent(ByteBuffer into) {
        ByteBuffer first = loans.element().bytes();
        int count = Math.min(first.remaining(), into.remaining());
        into.put(into.position(), first, first.position(), count);
        into.position(into.position() + count);
        first.position(first.position() + count);
        lent -= count;
        if (!first.hasRemaining()) {
            loans.remove().giveBack();
        }
    }

    /** Gives all memory back. */
    void clear() {
        loans.forEach(Loan::giveBack);
        loans.clear();
        lent = 0;
        copied = NONE;
        from = 0;
        to = 0;
    }
}
