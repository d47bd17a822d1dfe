package dev.pausa.exchange;

import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Input;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
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

    private static final byte[] NONE = {};

    private final Source source;
    private final int capacity;

    // Guarded by this. What is buffered: bytes[from] to bytes[to - 1].
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
        int size = data.remaining();
        boolean room;
        Runnable told;
        synchronized (this) {
            if (size == 0 || state != State.OPEN) {
                return true;
            }
            makeRoom(size);
            data.get(bytes, to, size);
            to += size;
            missing -= size;
            full = buffered() >= capacity;
            room = !full;
            told = wake();
        }
        tell(told);
        return room;
    }

    /**
     * Many small pieces share an array, of at most the capacity and a piece; a large one gets an array of its own, with
     * room for the rest of the body if that is not much more.
     */
    private void makeRoom(int size) {
        int kept = buffered();
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
        return to - from;
    }

    private void drop() {
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
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        return read(into, offset, length, true);
    }

    @Override
    public int readNowait(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        return length == 0 ? 0 : read(into, offset, length, false);
    }

    private int read(byte[] into, int offset, int length, boolean waits) throws IOException {
        tellWanted();
        int count;
        boolean drained;
        synchronized (this) {
            if (!waits && !ready()) {
                return 0;
            }
            await();
            count = take(into, offset, length);
            drained = drains();
        }
        if (drained) {
            source.drained();
        }
        return count == 0 ? -1 : count;
    }

    @Override
    public @Nullable ByteBuffer take(int most) throws IOException {
        tellWanted();
        ByteBuffer taken;
        boolean drained;
        synchronized (this) {
            await();
            taken = taken(most);
            drained = drains();
        }
        if (drained) {
            source.drained();
        }
        return taken.hasRemaining() ? taken : null;
    }

    /** Whether there is room again; told once. */
    private boolean drains() {
        boolean drained = full && state == State.OPEN && buffered() <= capacity / 2;
        full &= !drained;
        return drained;
    }

    @Override
    public synchronized boolean ready() {
        return state != State.OPEN || to > from;
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
        while (state == State.OPEN && to == from) {
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

    private ByteBuffer taken(int most) {
        if (buffered() > most) {
            var part = new byte[most];
            take(part, 0, most);
            return ByteBuffer.wrap(part);
        }
        ByteBuffer all = ByteBuffer.wrap(bytes, from, buffered());
        drop();
        return all;
    }

    private int take(byte[] into, int offset, int length) {
        int count = Math.min(length, buffered());
        System.arraycopy(bytes, from, into, offset, count);
        from += count;
        if (from == to) {
            drop();
        }
        return count;
    }

    private boolean finished() {
        return state == State.COMPLETE && to == from;
    }
}
