package dev.pausa.exchange;

import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.EarlyHints;
import dev.pausa.wsgi.FileRange;
import dev.pausa.wsgi.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response on its way to the output: what is committed (P19), how much of a declared length was sent, how it ends.
 * Used by the thread inside, or by the one that ends the request while nobody is inside.
 */
final class Response implements EarlyHints {
    /** A file with fewer bytes is read: so it leaves together with the head. */
    private static final int SMALL_FILE = 16 * 1024;

    private final Output output;
    private final ResponseHead head;
    private long sent;

    /** Length of a body that is read although it lies in a file, -1 if nobody knows. */
    private long known = -1;

    private boolean wrote;
    private volatile boolean committed;

    Response(Output output, boolean headRequest) {
        this.output = output;
        this.head = new ResponseHead(headRequest);
    }

    /** Any thread. */
    boolean committed() {
        return committed;
    }

    boolean started() {
        return head.started();
    }

    void start(String status, List<Header> headers, @Nullable Throwable failure) throws Exception {
        head.start(status, headers, failure);
    }

    @Override
    public void send(List<Header> hints) {
        output.hints(ResponseHead.interim(hints));
    }

    /**
     * Sends a non-empty chunk; what is beyond the declared length is dropped.
     *
     * @param from whose chunk it is: if that has a single one, its length is that of the body
     * @return whether something was dropped
     */
    boolean send(ByteBuffer chunk, Body from) {
        int size = chunk.remaining();
        ResponseHead.Committed fixed = commit(!committed && !wrote && from.length() == 1 ? size : known);
        if (fixed.bodyless()) {
            return false;
        }
        long room = fixed.contentLength() < 0 ? size : Math.min(size, fixed.contentLength() - sent);
        if (room > 0) {
            sent += room;
            output.write(room == size ? chunk : chunk.slice(chunk.position(), (int) room));
        }
        return room < size;
    }

    /**
     * Sends a part of a file as all that is missing of the body: what the client is promised, or up to the file's end.
     *
     * @return {@code false}, with nothing done, if the body has to come as chunks
     */
    boolean send(FileRange range) {
        ResponseHead.Committed fixed = head.committed();
        if (fixed == null ? head.bodyless() : fixed.bodyless()) {
            commit(range.count());
            return true;
        }
        long length = fixed == null ? head.declared() : fixed.contentLength();
        long count = length >= 0 ? length - sent : wrote ? 0 : range.count();
        // A file that is too short for what was declared, and one that has no size: reading tells what is there.
        if (count < 1 || count > range.count()) {
            return false;
        }
        FileChannel file = count < SMALL_FILE || !output.sendsFiles() ? null : open(range);
        if (file == null) {
            known = count;
            return false;
        }
        commit(count);
        sent += count;
        output.file(file, range.position(), count);
        return true;
    }

    private static @Nullable FileChannel open(FileRange range) {
        try {
            return range.open();
        } catch (IOException refused) {
            return null; // The application could open it; so it can read it.
        }
    }

    /** The write() callable: commits, and sends all of {@code data} or refuses it. */
    void write(ByteBuffer data) {
        int given = data.remaining(); // of null: an error of the application before anything is sent
        wrote = true;
        boolean commits = !committed;
        ResponseHead.Committed fixed = commit(-1);
        int size = fixed.bodyless() ? 0 : given;
        boolean tooLong = fixed.contentLength() >= 0 && size > fixed.contentLength() - sent;
        if (commits && (size == 0 || tooLong)) {
            output.flush(); // The head has no data to go with, and a pause from outside may park the request (P4, P18).
        }
        if (tooLong) {
            throw new ApplicationError("write() of " + size + " bytes after " + sent
                    + " goes past the Content-Length of " + fixed.contentLength());
        }
        if (size == 0) {
            return;
        }
        sent += size;
        output.write(data);
    }

    /** Whether the client has the whole response although the body may not be at its end (P23). */
    boolean complete() {
        ResponseHead.Committed fixed = head.committed();
        return fixed != null && (fixed.bodyless() || fixed.contentLength() == sent);
    }

    /** How many bytes of the declared length are missing; 0 if none was declared or needed. Commits. */
    long missing() {
        if (!started()) {
            throw new ApplicationError("the body ended and start_response was not called");
        }
        ResponseHead.Committed fixed = head.committed();
        long length = fixed == null ? head.declared() : fixed.bodyless() ? -1 : fixed.contentLength();
        return Math.max(0, length - sent);
    }

    /** Completes the response. */
    void end() {
        commit(head.lengthOfNothing());
        output.end();
    }

    /** Ends the response of a failed application; answers whether the output was aborted. */
    boolean fail() {
        if (complete()) {
            output.end();
            return false;
        }
        return answerOrAbort(CloseReason.ERROR);
    }

    /** Ends the response of a request that is cut; answers whether the output was aborted. */
    boolean cut(CloseReason reason) {
        return answerOrAbort(reason);
    }

    private boolean answerOrAbort(CloseReason reason) {
        if (committed) {
            output.abort();
            return true;
        }
        ErrorResponse error = output.error(reason);
        byte[] body = error.body();
        committed = true;
        ResponseHead.Committed fixed = head.commit(error.code(), error.status(), error.allHeaders(), body.length);
        output.head(fixed);
        if (!fixed.bodyless()) {
            output.write(ByteBuffer.wrap(body));
        }
        output.end();
        return false;
    }

    private ResponseHead.Committed commit(long length) {
        ResponseHead.Committed fixed = head.committed();
        if (fixed == null) {
            fixed = head.commit(length);
            committed = true;
            output.head(fixed);
        }
        return fixed;
    }
}
