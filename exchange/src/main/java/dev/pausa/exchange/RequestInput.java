package dev.pausa.exchange;

import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Input;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The request body between the transport, which feeds it, and the application, which reads it: a bounded buffer (P59).
 * Fed by one thread, read by another; closed and failed by any.
 */
public final class RequestInput implements Input {
    /** The transport's side of the bargain. Called by the reading thread, outside the monitor; must not wait. */
    public interface Source {
        /** The application wants its first byte: now is the time for 100 (Continue) (P57). */
        void wanted();

        /** There is room again: go on reading the socket. */
        void drained();
    }

    /** Bytes that the transport lends. Called by one thread at a time. */
    public interface Loan {
        /** What is left of them. */
        ByteBuffer bytes();

        /** They are not needed any more; called once. */
        void giveBack();
    }

    private enum State {
        /** More may come. */
        OPEN,
        /** Nothing more will come; what is buffered can be read. */
        COMPLETE,
        /** The client left or cut the body short. */
        FAILED,
        /** The request is over. */
        CLOSED
    }

    private static final byte[] NONE = {};

    private final Source source;
    private final int capacity;

    // Guarded by this. What is buffered: loans, and behind them bytes[from] to bytes[to - 1].
    private @Nullable Queue<Loan> loans;
    private int lent;
    private byte[] bytes = NONE;
    private int from;
    private int to;
    private State state = State.OPEN;
    private boolean wanted;
    private boolean full;
    private boolean finished;
    private long missing;
    private @Nullable String failure;
    private @Nullable Runnable watcher;

    /** An input that nothing was fed to yet; {@code capacity} in bytes, at least 1. */
    public RequestInput(Source source, int capacity) {
        this(source, capacity, Long.MAX_VALUE);
    }

    /** As above; {@code length}: bytes of the body, {@link Long#MAX_VALUE} if nobody knows. */
    public RequestInput(Source source, int capacity, long length) {
        this.source = source;
        this.capacity = capacity;
        this.missing = length;
    }

    /**
     * Takes all of {@code data} (copied); answers whether there is room for more: if not, stop reading until
     * {@link Source#drained}. After {@link #fail} and {@link #close} the data is ignored.
     */
    public boolean feed(ByteBuffer data) {
        return feed(data, null);
    }

    /** As above, but keeps the bytes themselves until they were read, unless some that were copied are before them. */
    public boolean feed(Loan loan) {
        return feed(loan.bytes(), loan);
    }

    private boolean feed(ByteBuffer data, @Nullable Loan loan) {
        int size = data.remaining();
        boolean room = true;
        boolean kept = false;
        Runnable told = null;
        synchronized (this) {
            if (size > 0 && state == State.OPEN) {
                if (loan != null && from == to) {
                    kept = true;
                    keep(loan, size);
                } else {
                    makeRoom(size);
                    data.get(bytes, to, size);
                    to += size;
                }
                missing -= size;
                full = buffered() >= capacity;
                room = !full;
                told = wake();
            }
        }
        if (loan != null && !kept) {
            loan.giveBack();
        }
        tell(told);
        return room;
    }

    private void keep(Loan loan, int size) {
        Queue<Loan> all = loans;
        if (all == null) {
            all = new ArrayDeque<>(2);
            loans = all;
        }
        all.add(loan);
        lent += size;
    }

    /**
     * Many small pieces share an array, of at most the capacity and a piece; a large one gets an array of its own, with
     * room for the rest of the body if that is not much more.
     */
    private void makeRoom(int size) {
        int kept = to - from;
        if (bytes.length - to < size) {
            boolean fits = kept + size <= bytes.length / 2;
            byte[] room = fits ? bytes : new byte[room(kept, size)];
            System.arraycopy(bytes, from, room, 0, kept);
            bytes = room;
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

    private int buffered() {
        return lent + to - from;
    }

    private void drop() {
        if (loans != null) {
            loans.forEach(Loan::giveBack);
            loans = null;
            lent = 0;
        }
        bytes = NONE;
        from = 0;
        to = 0;
    }

    /** The body is complete. */
    public void end() {
        Runnable told;
        synchronized (this) {
            if (state != State.OPEN) {
                return;
            }
            state = State.COMPLETE;
            told = wake();
        }
        tell(told);
    }

    /** The client left; this and further reads raise {@link ClientDisconnected}, whatever is buffered (P27, P60). */
    public void fail(String reason) {
        Runnable told;
        synchronized (this) {
            if (state == State.FAILED || state == State.CLOSED) {
                return;
            }
            finished = finished();
            state = State.FAILED;
            failure = reason;
            drop();
            told = wake();
        }
        tell(told);
    }

    /**
     * The request is over: buffered bytes are dropped, further ones are ignored. May be called again.
     *
     * @return whether the body was complete and read to its last byte
     */
    public synchronized boolean close() {
        if (state != State.CLOSED) {
            finished |= finished();
            state = State.CLOSED;
            drop();
            wake();
        }
        return finished;
    }

    /** Wakes the readers; answers whom to {@link #tell} outside the monitor. */
    private @Nullable Runnable wake() {
        Runnable told = watcher;
        watcher = null;
        notifyAll();
        return told;
    }

    private static void tell(@Nullable Runnable told) {
        if (told != null) {
            told.run();
        }
    }

    /**
     * Runs {@code action} once, as soon as it is {@link #ready()} (P53), in the thread that made it so; in place of an
     * earlier one. This counts as the first read (P57).
     *
     * @return {@code false} if it is ready now: then {@code action} is forgotten
     */
    boolean watch(Runnable action) {
        tellWanted();
        synchronized (this) {
            boolean waits = !ready();
            watcher = waits ? action : null;
            return waits;
        }
    }

    /** Forgets {@code action}, if it still waits. */
    @SuppressWarnings("ReferenceEquality") // an action is what it is, whatever it equals
    synchronized void unwatch(Runnable action) {
        if (watcher == action) {
            watcher = null;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return read(ByteBuffer.wrap(into, offset, length));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return into.hasRemaining() ? read(into, true) : 0;
    }

    @Override
    public int readNowait(byte[] into, int offset, int length) throws IOException {
        ByteBuffer wrapped = ByteBuffer.wrap(into, offset, length);
        return length == 0 ? 0 : read(wrapped, false);
    }

    private int read(ByteBuffer into, boolean waits) throws IOException {
        tellWanted();
        int count;
        boolean drained;
        synchronized (this) {
            if (!waits && !ready()) {
                return 0;
            }
            await();
            count = move(into);
            drained = full && state == State.OPEN && buffered() <= capacity / 2;
            full &= !drained;
        }
        if (drained) {
            source.drained();
        }
        return count == 0 ? -1 : count;
    }

    @Override
    public int await(int most) throws IOException {
        tellWanted();
        synchronized (this) {
            await();
            return Math.min(most, buffered());
        }
    }

    @Override
    public synchronized boolean ready() {
        return state != State.OPEN || buffered() > 0;
    }

    private void tellWanted() {
        synchronized (this) {
            if (wanted || state != State.OPEN) {
                return;
            }
            wanted = true;
        }
        source.wanted();
    }

    private void await() throws IOException {
        while (state == State.OPEN && buffered() == 0) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading the request body");
            }
        }
        if (state == State.FAILED) {
            throw new ClientDisconnected(String.valueOf(failure));
        }
        if (state == State.CLOSED) {
            throw new IOException("the request is over");
        }
    }

    /** Moves as much as there is, and room for; answers how much that was. */
    private int move(ByteBuffer into) {
        int before = into.position();
        while (lent > 0 && into.hasRemaining()) {
            moveLent(into);
        }
        int count = Math.min(into.remaining(), to - from);
        into.put(bytes, from, count);
        from += count;
        if (buffered() == 0) {
            drop();
        }
        return into.position() - before;
    }

    private void moveLent(ByteBuffer into) {
        Queue<Loan> all = Objects.requireNonNull(loans);
        ByteBuffer first = all.element().bytes();
        int count = Math.min(first.remaining(), into.remaining());
        into.put(into.position(), first, first.position(), count);
        into.position(into.position() + count);
        first.position(first.position() + count);
        lent -= count;
        if (!first.hasRemaining()) {
            all.remove().giveBack();
        }
    }

    private boolean finished() {
        return state == State.COMPLETE && buffered() == 0;
    }
}
