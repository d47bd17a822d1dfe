package dev.pausa.exchange;

import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Input;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
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

    private final Source source;
    private final int capacity;

    // Guarded by this.
    private final BodyBuffer buffer;
    private State state = State.OPEN;
    private boolean wanted;
    private boolean full;
    private boolean finished;
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
        this.buffer = new BodyBuffer(capacity, length);
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
        boolean room = true;
        boolean kept = false;
        Runnable told = null;
        synchronized (this) {
            if (data.hasRemaining() && state == State.OPEN) {
                kept = loan != null && buffer.keep(loan);
                if (!kept) {
                    buffer.copy(data);
                }
                full = buffer.size() >= capacity;
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
            buffer.clear();
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
            buffer.clear();
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
            count = buffer.move(into);
            drained = full && state == State.OPEN && buffer.size() <= capacity / 2;
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
            return Math.min(most, buffer.size());
        }
    }

    @Override
    public synchronized boolean ready() {
        return state != State.OPEN || buffer.size() > 0;
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
        while (state == State.OPEN && buffer.size() == 0) {
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

    private boolean finished() {
        return state == State.COMPLETE && buffer.size() == 0;
    }
}
