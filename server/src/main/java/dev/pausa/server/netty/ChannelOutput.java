package dev.pausa.server.netty;

import dev.pausa.exchange.ErrorResponse;
import dev.pausa.exchange.Event;
import dev.pausa.exchange.Exchange;
import dev.pausa.exchange.Output;
import dev.pausa.exchange.ResponseHead;
import dev.pausa.http1.RequestHead;
import dev.pausa.http1.ResponseWriter;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Header;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of one response to its connection. The exchange's thread appends to a pending buffer; one task on the event loop,
 * which is queued if none is, writes all that is pending: head, chunks and end leave together when they come together,
 * and nothing waits when they do not.
 *
 * <p>Fields are guarded by the monitor, but for those of the thread that the exchange's commands run on.
 */
final class ChannelOutput implements Output, Runnable {
    /** Bytes handed over and not yet taken by the operating system: a write that would cross it congests (C51). */
    private static final int HIGH_WATER = 128 * 1024;

    private static final int LOW_WATER = 64 * 1024;

    /** From so many bytes on a buffer grows by no more than they need, as thousands of slow readers may hold one each. */
    private static final int EXACT = 8 * 1024;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    /** How the client knows where the body ends (RFC 9112, 6.3). */
    private enum Framing {
        LENGTH,
        CHUNKED,
        CLOSE
    }

    private enum Stage {
        OPEN,
        ENDED,
        ABORTED,
        DONE
    }

    private final Http1Handler connection;
    private final Service service;
    private final RequestHead request;
    private final Call call;
    private @Nullable Exchange exchange;

    // The exchange's thread.
    private Framing framing = Framing.LENGTH;
    private ResponseHead.@Nullable Committed head;
    private long bodyBytes;

    // Guarded by the monitor.
    private @Nullable ByteBuf pending;

    /** What follows the pending bytes. */
    private @Nullable FileTransfer file;

    private boolean queued;
    private boolean congested;
    private boolean continued;
    private boolean closes;
    private long unwritten;
    private Stage stage = Stage.OPEN;

    ChannelOutput(Http1Handler connection, Service service, RequestHead request, Call call) {
        this.connection = connection;
        this.service = service;
        this.request = request;
        this.call = call;
        this.closes = !request.keepAlive();
        this.continued = !request.expectContinue();
    }

    void attach(Exchange attached) {
        exchange = attached;
    }

    /**
     * What went out.
     *
     * @param head {@code null} if nothing was sent
     * @param bytes of the body
     */
    record Sent(ResponseHead.@Nullable Committed head, long bytes) {}

    synchronized Sent sent() {
        return new Sent(head, bodyBytes);
    }

    @Override
    public ErrorResponse error(CloseReason reason) {
        return call.error(reason);
    }

    @Override
    public void head(ResponseHead.Committed committed) {
        framing = framing(committed);
        synchronized (this) {
            head = committed;
            closes |= service.draining() || framing == Framing.CLOSE || !continued;
        }
        String id = service.config.reporting().requestIdField() == null ? null : call.id();
        HeadFields.write(
                connection.writer.clear(), committed, request, framing == Framing.CHUNKED, closes, service, id);
    }

    private Framing framing(ResponseHead.Committed committed) {
        if (committed.bodyless() || committed.contentLength() >= 0) {
            return Framing.LENGTH;
        }
        return request.minorVersion() == 0 ? Framing.CLOSE : Framing.CHUNKED;
    }

    @Override
    public void write(ByteBuffer chunk) {
        if (framing == Framing.CHUNKED) {
            connection.writer.chunk(chunk.remaining());
        }
        if (!append(chunk, false, Stage.OPEN)) {
            // Told before the bytes are there, so that WRITABLE, which only their being written tells, cannot come
            // first.
            tell(Event.CONGESTED);
            append(chunk, true, Stage.OPEN);
        }
    }

    @Override
    public boolean sendsFiles() {
        return service.config.sendfile();
    }

    @Override
    public void file(FileChannel source, long position, long count) {
        var transfer = new FileTransfer(connection, this, source, position, count);
        synchronized (this) {
            unwritten += count;
            file = transfer;
        }
        append(null, false, Stage.OPEN);
    }

    @Override
    public void flush() {
        if (connection.writer.length() > 0) {
            append(null, false, Stage.OPEN);
        }
    }

    @Override
    public void end() {
        if (framing == Framing.CHUNKED) {
            connection.writer.lastChunk();
        }
        append(null, false, Stage.ENDED);
    }

    @Override
    public void abort() {
        append(null, false, Stage.ABORTED);
    }

    /** 100 (Continue), once, and never after the head of the response (RFC 9110, 10.1.1). Any thread. */
    void interimContinue() {
        synchronized (this) {
            if (continued || head != null) {
                return;
            }
            continued = true;
            if (!appendInterim(CONTINUE, CONTINUE.length)) {
                return;
            }
        }
        connection.execute(this);
    }

    /** 103 (RFC 8297), not for a client of HTTP/1.0 (RFC 9110, 15.2). Who does not read does without. */
    @Override
    public void hints(List<Header> headers) {
        if (request.minorVersion() == 0) {
            return;
        }
        var writer = new ResponseWriter().status(1, "103 Early Hints"); // not the connection's: this is any thread
        headers.forEach(header -> writer.field(header.name(), header.value()));
        writer.finish();
        synchronized (this) {
            if (head != null || unwritten > HIGH_WATER || !appendInterim(writer.array(), writer.length())) {
                return;
            }
        }
        connection.execute(this);
    }

    /** Appends an interim response, under the monitor; answers whether this must be queued. */
    private boolean appendInterim(byte[] bytes, int length) {
        pending(length).writeBytes(bytes, 0, length);
        unwritten += length;
        boolean alone = !queued;
        queued = true;
        return alone;
    }

    /** The client sends its body without waiting for a 100. */
    synchronized void bodyBegan() {
        continued = true;
    }

    /** Whether the client does not wait for a 100. */
    synchronized boolean continued() {
        return continued;
    }

    /** Whether the client is to see that the response is not complete. */
    synchronized boolean aborted() {
        return stage == Stage.ABORTED;
    }

    /** Whether the connection cannot serve another request. */
    synchronized boolean closes() {
        return closes;
    }

    /** The connection will not serve another request. */
    synchronized void close() {
        closes = true;
    }

    /**
     * Appends what the writer holds and {@code chunk}, and enters {@code next}, in one go.
     *
     * @param congests whether the exchange was told that this congests
     * @return whether that was done; otherwise it congests, and the exchange has to be told before
     */
    private boolean append(@Nullable ByteBuffer chunk, boolean congests, Stage next) {
        ResponseWriter writer = connection.writer;
        int size = chunk == null ? 0 : chunk.remaining();
        synchronized (this) {
            if (stage == Stage.DONE) {
                return true; // An abort that came too late: the connection and its writer may serve another request.
            }
            if (size > 0 && !congested && !congests && unwritten + size > HIGH_WATER) {
                return false;
            }
            congested |= congests;
            bodyBytes += size;
            stage = next;
            boolean framed = chunk != null && framing == Framing.CHUNKED;
            int length = writer.length() + size + (framed ? 2 : 0);
            if (length > 0) {
                // Room for the last chunk, which follows at once if there was one chunk.
                ByteBuf buffer = pending(length + 8);
                if (length >= EXACT && buffer.maxFastWritableBytes() < length) {
                    buffer.capacity(buffer.writerIndex() + length + 8);
                }
                buffer.writeBytes(writer.array(), 0, writer.length());
                if (chunk != null) {
                    buffer.writeBytes(chunk);
                }
                if (framed) {
                    buffer.writeShort('\r' << 8 | '\n');
                }
                unwritten += length;
            }
            writer.clear();
            if (queued) {
                return true;
            }
            queued = true;
        }
        connection.depart(this);
        return true;
    }

    private ByteBuf pending(int room) {
        ByteBuf buffer = pending;
        if (buffer == null) {
            buffer = connection.channel().alloc().directBuffer(Math.max(room, 512));
            pending = buffer;
        }
        return buffer;
    }

    /** On the event loop: writes what is pending. */
    @Override
    public void run() {
        ByteBuf buffer;
        FileTransfer transfer;
        Stage now;
        synchronized (this) {
            queued = false;
            buffer = pending;
            pending = null;
            transfer = file;
            file = null;
            now = stage;
        }
        Channel channel = connection.channel();
        if (buffer != null) {
            write(channel, buffer);
        } else if (now == Stage.ENDED) {
            onWritten(0, true);
        }
        if (transfer != null) {
            transfer.run();
        }
        if (now == Stage.ABORTED) {
            connection.onAborted(framing == Framing.CLOSE && head != null);
        }
    }

    private void write(Channel channel, ByteBuf buffer) {
        int bytes = buffer.readableBytes();
        if (Sockets.send(channel, buffer)) {
            onWritten(bytes, true);
            return;
        }
        var written = connection.room.write(buffer);
        if (written.isDone()) {
            onWritten(bytes, written.isSuccess());
        } else {
            written.addListener(done -> onWritten(bytes, done.isSuccess()));
        }
    }

    /** A piece of a file was sent, or of {@code size} bytes only {@code sent}. On the event loop. */
    void onFileSent(int size, long sent) {
        synchronized (this) {
            bodyBytes += sent;
        }
        onWritten(size, sent == size);
    }

    private void onWritten(int bytes, boolean success) {
        boolean writable;
        boolean done;
        synchronized (this) {
            unwritten -= bytes;
            writable = success && congested && unwritten <= LOW_WATER && stage == Stage.OPEN;
            congested &= !writable;
            done = success && stage == Stage.ENDED && unwritten == 0;
            if (done) {
                stage = Stage.DONE;
            }
        }
        if (!success) {
            connection.reset();
        } else if (done) {
            tell(Event.FLUSHED);
            connection.onAnswered(this);
        } else if (writable) {
            tell(Event.WRITABLE);
        }
    }

    private void tell(Event event) {
        if (exchange != null) {
            exchange.on(event);
        }
    }

    /** The request line, for log lines. */
    @Override
    public String toString() {
        return call.toString();
    }
}
