package dev.pausa.server.netty;

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
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection: bytes to requests, one after the other (P61), and the rules of RFC 9112, 9 for how it lives and
 * ends. Belongs to its event loop; {@link #execute} alone may be called by others.
 */
final class Http1Handler extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    /** Index in {@link Connections}, which maintains it. */
    int index;

    /** For the thread that the current request's exchange runs on. */
    final ResponseWriter writer = new ResponseWriter();

    /** For what is too much to be sent at once. */
    final SendRoom room;

    private final Connections connections;
    private final Service service;
    private final Channel channel;
    private final RequestReader reader;
    private final ReadAhead held;
    private final Watch watch;
    private @Nullable Peer peer;
    private Phase phase = Phase.WAITING;
    private @Nullable Call call;
    private boolean pumping;
    private boolean inputEnded;
    private int discarded;

    Http1Handler(Connections connections, Channel channel) {
        this.connections = connections;
        this.service = connections.service;
        this.channel = channel;
        this.room = new SendRoom(channel);
        this.reader = new RequestReader(service.config.limits().head());
        this.held = new ReadAhead(channel.alloc());
        this.watch = new Watch(this, service);
    }

    Channel channel() {
        return channel;
    }

    /** The ends of the connection, if its first bytes told them. */
    void peer(Peer told) {
        peer = told;
    }

    Phase phase() {
        return phase;
    }

    @Nullable
    Call call() {
        return call;
    }

    /** Whether a request has begun to come. */
    boolean inRequest() {
        return reader.inRequest();
    }

    /** Whether nothing is read from the socket, so that only the operating system knows what the client does. */
    boolean unread() {
        return inputEnded || !channel.config().isAutoRead();
    }

    /** Runs {@code action} on the event loop; never, if that has ended, and with it this connection. Any thread. */
    void execute(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException ended) {
            LOG.log(Level.DEBUG, "the event loop has ended", ended);
        }
    }

    /** As {@link #execute}, a little later if more is about to come from the worker. */
    void depart(Runnable response) {
        connections.departures.queue(response);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connections.add(this);
        watch.restart(connections.now());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (phase.over()) {
            bytes.release();
            return;
        }
        if (phase == Phase.RECEIVING || (phase == Phase.WAITING && !reader.inRequest())) {
            watch.restart(connections.now());
        }
        held.add(bytes);
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
            held.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (!(failure instanceof IOException)) {
            Fault.SERVER.log(Level.ERROR, peer(), "the connection failed", failure);
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
        if (phase.over()) {
            held.release();
        } else if (inputEnded && phase != Phase.ANSWERING && phase != Phase.FULL) {
            onCutShort();
        } else if (call != null && !call.begun() && !call.bodySoon()) {
            // Only now: what is refused among the bytes that are here was never heard of by the application.
            call.beginUpload(connections.now());
        }
        regulateReading();
    }

    private void parseHeld() {
        // Without bytes too: after the piece that stopped parsing only the end of the request may be due.
        if (phase.parses()) {
            ByteBuffer view = held.view();
            Element element = reader.next(view);
            while (element != null) {
                on(element);
                // A full buffer may be all of the body.
                boolean more = phase.parses() || (phase == Phase.FULL && !view.hasRemaining());
                element = more ? reader.next(view) : null;
            }
            held.read();
        }
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
        } else if (Target.https(head) && (peer == null || !peer.secure())) {
            refuse(421, "an https target on a connection without TLS (RFC 9110, 7.4)", head);
        } else if (head.framing() instanceof RequestHead.Framing.Length(long bytes)
                && bytes > service.config.limits().body()) {
            refuse(413, "the body is larger than " + service.config.limits().body() + " bytes", head);
        } else if (service.parked.get() >= service.config.limits().parked()) {
            refuseBusy("too many paused requests", head);
        } else if (service.waiting.get() >= service.config.limits().waiting()) {
            refuseBusy("too many waiting requests", head);
        } else {
            begin(head);
        }
    }

    private void begin(RequestHead head) {
        long now = System.nanoTime();
        connections.now(now);
        Call begun;
        try {
            begun = new Call(this, connections, head, peer(), now);
        } catch (ForwardingRefused refused) {
            refuse(400, refused.reason(), head);
            return;
        }
        watch.restartRequest(now);
        phase = Phase.RECEIVING;
        call = begun;
    }

    private void onData(ByteBuffer bytes) {
        if (phase == Phase.DISCARDING) {
            discarded += bytes.remaining();
            if (discarded > ReadAhead.LIMIT) {
                linger();
            }
        } else if (call != null) {
            if (!call.receives(bytes.remaining())) {
                onRefusal(
                        413,
                        "the body is larger than " + service.config.limits().body() + " bytes");
            } else if (!call.feed(bytes, held.lend(bytes.remaining()))) {
                phase = Phase.FULL;
            }
        }
    }

    private void onEnd() {
        if (phase == Phase.DISCARDING) {
            await();
        } else if (call != null) {
            phase = Phase.ANSWERING;
            call.bodyEnded();
            call.uploaded();
            if (!call.begun()) {
                call.begin(connections.now());
            }
            if (inputEnded) {
                halfClosed();
            }
        }
    }

    /** No request, or no body: before the application is called, the server answers; afterwards its reads fail. */
    private void onRefusal(int status, String reason) {
        if (phase == Phase.WAITING) {
            refuse(status, reason, null);
        } else if (call != null && !call.begun()) {
            refuse(status, reason, call.head);
        } else if (phase == Phase.DISCARDING) {
            linger();
        } else if (call != null) {
            Fault.CLIENT.log(Level.INFO, call, "the body was refused with " + status + ": " + reason);
            phase = Phase.ANSWERING;
            call.output.close();
            call.uploaded();
            call.refuseBody(new Refusal(status, "", reason));
        }
    }

    private Peer peer() {
        Peer known = peer;
        if (known == null) {
            known = Peer.of(channel, service.config.proxies());
            peer = known;
        }
        return known;
    }

    /** Answers without the application, and closes. */
    void refuse(int status, String reason, @Nullable RequestHead head) {
        String id = RequestId.of(head, peer(), service);
        Object subject = head == null ? peer() : head;
        Fault fault = Fault.of(status);
        Level level = fault == Fault.CLIENT ? Level.INFO : Level.WARNING;
        fault.log(level, subject + " (" + id + ")", "refused with " + status + ": " + reason);
        answer(status, reason, head, id);
    }

    /** There is too much to do. */
    void refuseBusy(String reason, RequestHead head) {
        service.overload.refused(reason);
        answer(503, reason, head, RequestId.of(head, peer(), service));
    }

    private void answer(int status, String reason, @Nullable RequestHead head, String id) {
        if (call != null) {
            call.abandon();
            call = null;
        }
        channel.writeAndFlush(Refusals.response(writer, service, status, reason, head, id));
        linger();
    }

    /** The application read, and there is room again (P59). */
    void onDrained(Call which) {
        if (which == call && phase == Phase.FULL) {
            phase = Phase.RECEIVING;
            watch.restart(connections.now());
            pump();
        }
    }

    /** There is a place for it among the uploads. */
    void onAdmitted(Call which) {
        if (which == call && !which.begun()) {
            which.begin(connections.now());
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
            watch.restart(connections.now());
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
        watch.restart(connections.now());
    }

    /** The client will send nothing more, and what it sent does not end with a request. */
    private void onCutShort() {
        loseCall("the client ended the body early");
        reset();
    }

    void loseCall(String reason) {
        Call lost = call;
        if (lost != null) {
            call = null;
            lost.lose(reason);
        }
    }

    /** The client shut down its sending side; that says something only after a complete request (P28). */
    private void halfClosed() {
        if (call != null && phase == Phase.ANSWERING) {
            call.halfClosed();
        }
    }

    /** Shuts down our side, and reads on for a while, lest a reset overtakes the last bytes (RFC 9112, 9.6). */
    void linger() {
        if (phase.over()) {
            return;
        }
        phase = Phase.LINGERING;
        watch.restart(connections.now());
        // Behind whatever is still being written.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (inputEnded || !done.isSuccess()) {
                channel.close();
            } else {
                ((DuplexChannel) channel).shutdownOutput();
            }
        });
        if (!pumping) {
            held.release();
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
        boolean wanted = phase != Phase.FULL && !held.full();
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    /** Called ten times a second. */
    void look(long now) {
        watch.look(now);
    }
}
