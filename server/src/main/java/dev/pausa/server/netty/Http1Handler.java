package dev.pausa.server.netty;

import dev.pausa.exchange.Event;
import dev.pausa.http1.Element;
import dev.pausa.http1.Refusal;
import dev.pausa.http1.RequestHead;
import dev.pausa.http1.RequestReader;
import dev.pausa.http1.ResponseWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection: bytes to requests, one after the other (P61), and the rules of RFC 9112, 9 for how it lives and
 * ends. Belongs to its event loop; {@link #execute} alone may be called by others.
 *
 * <pre>
 * WAITING -> RECEIVING <-> FULL
 *    ^           |
 *    |           v     response complete
 *    +------ ANSWERING            RECEIVING, FULL -> DISCARDING -> WAITING
 * any -> LINGERING -> CLOSED
 * </pre>
 */
final class Http1Handler extends ChannelInboundHandlerAdapter {
    /** Bytes of later requests that are read ahead, unparsed, and of an unread body that are discarded (P61). */
    private static final int READ_AHEAD = 64 * 1024;

    private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    private enum Phase {
        /** For a request head, or the rest of one. */
        WAITING,
        /** A request is in progress and its body is not complete. */
        RECEIVING,
        /** As RECEIVING, but the application's buffer is full (P59). */
        FULL,
        /** A request is in progress and complete, or nothing more of it can be read. */
        ANSWERING,
        /** The response is complete, the request is not. */
        DISCARDING,
        /** Our side is shut down; the client may still read (RFC 9112, 9.6). */
        LINGERING,
        CLOSED
    }

    /** Index in {@link Connections}, which maintains it. */
    int index;

    /** For the thread that the current request's exchange runs on. */
    final ResponseWriter writer = new ResponseWriter();

    private final Connections connections;
    private final Service service;
    private final Channel channel;
    private final RequestReader reader;
    private final Progress progress;
    private @Nullable Peer peer;
    private Phase phase = Phase.WAITING;
    private @Nullable Call call;
    private @Nullable ByteBuf held;
    private boolean pumping;
    private boolean inputEnded;
    private int discarded;

    /** When the phase, or waiting for the client within it, began. */
    private long since;

    Http1Handler(Connections connections, Channel channel) {
        this.connections = connections;
        this.service = connections.service;
        this.channel = channel;
        this.reader = new RequestReader(service.config.limits().head());
        this.progress = new Progress(channel);
    }

    Channel channel() {
        return channel;
    }

    /** Runs {@code action} on the event loop; never, if that has ended, and with it this connection. Any thread. */
    void execute(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException ended) {
            LOG.log(Level.DEBUG, "the event loop has ended", ended);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connections.add(this);
        since = connections.now();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
            bytes.release();
            return;
        }
        if (phase == Phase.RECEIVING || (phase == Phase.WAITING && !reader.inRequest())) {
            since = connections.now();
        }
        held = held == null ? bytes : Buffers.merge(channel.alloc(), held, bytes);
        pump();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (phase == Phase.LINGERING) {
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else {
                halfClosed();
                pump();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        phase = Phase.CLOSED;
        connections.remove(this);
        loseCall("the client disconnected");
        if (!pumping) {
            releaseHeld();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (!(failure instanceof IOException)) {
            LOG.log(Level.ERROR, "a connection failed", failure);
        }
        reset();
    }

    /** Parses what is held, as far as the phase allows. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            parseHeld();
        } finally {
            pumping = false;
        }
        if (phase == Phase.CLOSED || phase == Phase.LINGERING) {
            releaseHeld();
        } else if (inputEnded && phase != Phase.ANSWERING && phase != Phase.FULL) {
            onCutShort();
        }
        regulateReading();
    }

    private void parseHeld() {
        // Without bytes too: after the piece that stopped parsing only the end of the request may be due.
        ByteBuf bytes = held == null ? Unpooled.EMPTY_BUFFER : held;
        if (parsing()) {
            int length = bytes.readableBytes();
            ByteBuffer view = bytes.internalNioBuffer(bytes.readerIndex(), length);
            Element element = reader.next(view);
            while (element != null) {
                on(element);
                element = parsing() ? reader.next(view) : null;
            }
            bytes.skipBytes(length - view.remaining());
        }
        if (!bytes.isReadable()) {
            releaseHeld();
        }
    }

    private boolean parsing() {
        return phase == Phase.WAITING || phase == Phase.RECEIVING || phase == Phase.DISCARDING;
    }

    private void on(Element element) {
        switch (element) {
            case RequestHead head -> onHead(head);
            case Element.Data(ByteBuffer bytes) -> onData(bytes);
            case Element.End ignored -> onEnd();
            case Refusal(int status, String rule, String reason) -> onRefusal(status, reason + " (" + rule + ")");
        }
    }

    private void onHead(RequestHead head) {
        if (head.form() == RequestHead.Form.AUTHORITY) {
            refuse(501, "CONNECT is not implemented", head);
        } else if (head.framing() instanceof RequestHead.Framing.Length(long bytes)
                && bytes > service.config.limits().body()) {
            refuse(413, "the body is larger than " + service.config.limits().body() + " bytes", head);
        } else if (service.parked.get() >= service.config.limits().parked()) {
            refuse(503, "too many parked requests", head);
        } else {
            begin(head);
        }
    }

    private void begin(RequestHead head) {
        long now = System.nanoTime();
        connections.now(now);
        since = now;
        if (peer == null) {
            peer = Peer.of(channel.localAddress(), channel.remoteAddress());
        }
        progress.restart(now);
        phase = Phase.RECEIVING;
        call = new Call(this, connections, head, peer, now);
        call.exchange.begin();
    }

    private void onData(ByteBuffer bytes) {
        if (phase == Phase.DISCARDING) {
            discarded += bytes.remaining();
            if (discarded > READ_AHEAD) {
                linger();
            }
        } else if (call != null) {
            if (!call.receives(bytes.remaining())) {
                onRefusal(
                        413,
                        "the body is larger than " + service.config.limits().body() + " bytes");
            } else if (!call.input.feed(bytes)) {
                phase = Phase.FULL;
            }
        }
    }

    private void onEnd() {
        if (phase == Phase.DISCARDING) {
            await();
        } else if (call != null) {
            phase = Phase.ANSWERING;
            call.input.end();
            if (inputEnded) {
                halfClosed();
            }
        }
    }

    /** No request, or no body: before the application was called, the server answers; afterwards its reads fail. */
    private void onRefusal(int status, String reason) {
        if (phase == Phase.WAITING) {
            refuse(status, reason, null);
        } else if (phase == Phase.DISCARDING) {
            linger();
        } else if (call != null) {
            LOG.log(Level.INFO, "{0}: the body was cut short: {1}", call, reason);
            phase = Phase.ANSWERING;
            call.output.close();
            call.input.fail(reason);
        }
    }

    /** Answers without the application, and closes. */
    private void refuse(int status, String reason, @Nullable RequestHead head) {
        LOG.log(Level.INFO, "{0} to {1}: {2}", status, head == null ? channel.remoteAddress() : head, reason);
        boolean bodyless = head != null && head.method().equals("HEAD");
        channel.writeAndFlush(Refusals.response(writer, service, status, reason, bodyless));
        linger();
    }

    /** The application read, and there is room again (P59). */
    void onDrained(Call which) {
        if (which == call && phase == Phase.FULL) {
            phase = Phase.RECEIVING;
            since = connections.now();
            pump();
        }
    }

    /** The response is complete and written (RFC 9112, 9.3). */
    void onAnswered(ChannelOutput output) {
        if (call == null || call.output != output) {
            return;
        }
        Phase before = phase;
        call = null;
        if (output.closes() || service.draining()) {
            linger();
        } else if (before == Phase.ANSWERING) {
            await();
            pump();
        } else {
            phase = Phase.DISCARDING;
            since = connections.now();
            discarded = 0;
            pump();
        }
    }

    /** The response will never be complete, and the client must see that (P24). */
    void onAborted(boolean byReset) {
        call = null;
        if (!channel.isOpen()) {
            return; // The write before it failed.
        }
        if (byReset) {
            // A body that ends with the connection would pass for complete.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        } else {
            linger();
        }
    }

    private void await() {
        phase = Phase.WAITING;
        since = connections.now();
    }

    /** The client will send nothing more, and what it sent does not end with a request. */
    private void onCutShort() {
        loseCall("the client ended the body early");
        reset();
    }

    private void loseCall(String reason) {
        Call lost = call;
        if (lost != null) {
            call = null;
            // In this order: whoever the failing read wakes must find the reason (P30).
            lost.exchange.on(Event.DISCONNECTED);
            lost.input.fail(reason);
        }
    }

    /** The client shut down its sending side; that says something only after a complete request (P28). */
    private void halfClosed() {
        if (call != null && phase == Phase.ANSWERING) {
            call.halfClosed();
        }
    }

    /** Shuts down our side, and reads on for a while, lest a reset overtakes the last bytes (RFC 9112, 9.6). */
    private void linger() {
        if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.LINGERING;
        since = connections.now();
        // Behind whatever is still being written.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (inputEnded || !done.isSuccess()) {
                channel.close();
            } else {
                ((DuplexChannel) channel).shutdownOutput();
            }
        });
        if (!pumping) {
            releaseHeld();
            regulateReading();
        }
    }

    /** Closes at once. Shut down first: a process that the application forked may hold a copy of the descriptor. */
    void reset() {
        if (channel.isActive()) {
            ((DuplexChannel) channel).shutdownOutput();
        }
        channel.close();
    }

    private void regulateReading() {
        boolean wanted = phase != Phase.FULL && (held == null || held.readableBytes() < READ_AHEAD);
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private void releaseHeld() {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    /** Time-outs, a drain, and what the operating system tells while nothing is read. Called ten times a second. */
    void look(long now) {
        switch (phase) {
            case WAITING -> lookWaiting(now);
            case RECEIVING, FULL, ANSWERING -> lookServing(now);
            case DISCARDING -> {
                if (now - since > DISCARD_NANOS) {
                    linger();
                }
            }
            case LINGERING -> {
                if (now - since > LINGER_NANOS) {
                    reset();
                }
            }
            case CLOSED -> {}
        }
    }

    private void lookWaiting(long now) {
        var timeouts = service.config.timeouts();
        Service.Drain drain = service.drain;
        if (!reader.inRequest()) {
            if (drain != null) {
                linger();
            } else if (now - since > timeouts.keepAlive().toNanos()) {
                reset();
            }
        } else if (now - since > timeouts.head().toNanos()) {
            refuse(408, "the request head did not come in time", null);
        } else if (drain != null && now - drain.parkedDeadline() > 0) {
            refuse(503, "the server stops", null);
        }
    }

    private void lookServing(long now) {
        Call current = call;
        if (current == null) {
            return;
        }
        if ((inputEnded || !channel.config().isAutoRead()) && lookAtSocket(current)) {
            return;
        }
        boolean parked = current.exchange.parked();
        Service.Drain drain = service.drain;
        if (drain != null) {
            current.drain(drain, parked, now);
        }
        var timeouts = service.config.timeouts();
        if (parked || phase != Phase.RECEIVING || !current.output.continued()) {
            since = now;
        } else if (now - since > timeouts.body().toNanos()) {
            LOG.log(Level.INFO, "{0}: the body did not come in time", current);
            loseCall("the body did not come in time");
            reset();
        }
        if (progress.stalled(now, parked) > timeouts.write().toNanos()) {
            LOG.log(Level.INFO, "{0}: the client did not read in time", current);
            reset();
        }
    }

    /** What a FIN or a reset behind unread bytes does to the connection's state is seen (P26). */
    private boolean lookAtSocket(Call current) {
        switch (Sockets.state(channel)) {
            case RESET -> {
                reset();
                return true;
            }
            case FIN -> current.halfClosed(); // The rest of its body, if it has one, is here.
            case OPEN -> {}
        }
        return false;
    }
}
