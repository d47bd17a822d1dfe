package dev.pausa.exchange;

import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Input;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
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

    private static final Source NOBODY = new Source() {
        @Override
        public void wanted() {}

        @Override
        public void drained() {}
    };

    private final Source source;
    private final int capacity;

    // Guarded by this.
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>(2);
    private State state = State.OPEN;
    private int offset;
    private long buffered;
    private boolean wanted;
    private boolean full;
    private boolean finished;
    private @Nullable String failure;
    private @Nullable Runnable watcher;

    /** An input that nothing was fed to yet; {@code capacity} in bytes, at least 1. */
    public RequestInput(Source source, int capacity) {
        this.source = source;
        this.capacity = capacity;
    }

    /** The input of a request without a body: at its end from the beginning. */
    public static RequestInput empty() {
        var empty = new RequestInput(NOBODY, 1);
        empty.state = State.COMPLETE;
        return empty;
    }

    /**
     * Takes all of {@code data} (copied); answers whether there is room for more: if not, stop reading until
     * {@link Source#drained}. After {@link #fail} and {@link #close} the data is ignored.
     */
    public boolean feed(ByteBuffer data) {
        int size = data.remaining();
        if (size == 0) {
            return true;
        }
        var piece = new byte[size];
        data.get(piece);
        boolean room;
        Runnable told;
        synchronized (this) {
            if (state != State.OPEN) {
                return true;
            }
            pieces.add(piece);
            buffered += size;
            full = buffered >= capacity;
            room = !full;
            told = wake();
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
            pieces.clear();
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
            pieces.clear();
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
    public int read(byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        if (length == 0) {
            return 0;
        }
        return read(into, from, length, true);
    }

    @Override
    public int readNowait(byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        return length == 0 ? 0 : read(into, from, length, false);
    }

    private int read(byte[] into, int from, int length, boolean waits) throws IOException {
        tellWanted();
        int count;
        boolean drained;
        synchronized (this) {
            if (!waits && !ready()) {
                return 0;
            }
            await();
            count = take(into, from, length);
            drained = full && state == State.OPEN && buffered <= capacity / 2;
            full &= !drained;
        }
        if (drained) {
            source.drained();
        }
        return count == 0 ? -1 : count;
    }

    @Override
    public synchronized boolean ready() {
        return state != State.OPEN || buffered > 0;
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
        while (state == State.OPEN && buffered == 0) {
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

    private int take(byte[] into, int from, int length) {
        int count = 0;
        while (count < length && !pieces.isEmpty()) {
            byte[] piece = pieces.element();
            int part = Math.min(length - count, piece.length - offset);
            System.arraycopy(piece, offset, into, from + count, part);
            count += part;
            offset += part;
            if (offset == piece.length) {
                pieces.remove();
                offset = 0;
            }
        }
        buffered -= count;
        return count;
    }

    private boolean finished() {
        return state == State.COMPLETE && buffered == 0;
    }
}
