package dev.pausa.server.netty;

import dev.pausa.exchange.Event;
import dev.pausa.exchange.Exchange;
import dev.pausa.exchange.ExchangeListener;
import dev.pausa.exchange.RequestInput;
import dev.pausa.http1.RequestHead;
import dev.pausa.server.RequestListener;
import dev.pausa.server.ServerConfig;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One request between its connection and its exchange: it makes the exchange, hears of it and reports. */
final class Call implements ExchangeListener, RequestInput.Source {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");
    private static final PrintStream ERRORS = System.err;

    final Exchange exchange;
    final ChannelOutput output;
    private final @Nullable RequestInput input;
    private final Http1Handler connection;
    private final Service service;
    final RequestHead head;
    private final long begunMillis = System.currentTimeMillis();
    private final long begunNanos;

    /** Ends of parked times less their beginnings: the two may be told in either order. */
    private final AtomicLong parkedNanos = new AtomicLong();

    /** Bytes of the request body so far; the event loop's. */
    private long received;

    /** Whether the exchange was told; the event loop's. */
    private boolean halfClosed;

    /** Whether the exchange began; the event loop's. */
    private boolean begun;

    Call(Http1Handler connection, Connections connections, RequestHead head, Peer peer, long nanos) {
        this.connection = connection;
        this.service = connections.service;
        this.head = head;
        this.begunNanos = nanos;
        ServerConfig config = service.config;
        Environ environ = EnvironFactory.environ(head, peer, service);
        boolean body = !(head.framing() instanceof RequestHead.Framing.None);
        input = body ? new RequestInput(this, config.limits().bodyBuffer()) : null;
        output = new ChannelOutput(connection, service, head);
        environ.put(Environ.INPUT, input == null ? Input.EMPTY : input);
        environ.put(Environ.ERRORS, ERRORS);
        exchange = new Exchange(
                config.mount().application(),
                environ,
                head.method().equals("HEAD"),
                output,
                config.mount().worker(),
                connections.clock,
                this,
                config.mount().pauses());
        output.attach(exchange);
        service.active.incrementAndGet();
    }

    /** Queues the call of the application, once. */
    void begin() {
        if (!begun) {
            begun = true;
            exchange.begin();
        }
    }

    boolean begun() {
        return begun;
    }

    /** Forgets a request that has not begun. */
    void discard() {
        service.active.decrementAndGet();
    }

    /** Counts a piece of the body; answers whether it is still within the limit. */
    boolean receives(int bytes) {
        if (received == 0) {
            output.bodyBegan();
        }
        received += bytes;
        return received <= service.config.limits().body();
    }

    /** A piece of the body; answers whether there is room for more. */
    boolean feed(ByteBuffer bytes) {
        return input == null || input.feed(bytes);
    }

    void bodyEnded() {
        if (input != null) {
            input.end();
        }
    }

    /** What is left of the body breaks a rule: reading it fails, and the answer is this status unless there is one. */
    void refuseBody(int code, String status, String reason) {
        if (input != null) {
            input.refuse(code, status, reason);
        }
    }

    /** What is left of the body will not come: reading it fails. */
    void failBody(String reason) {
        if (input != null) {
            input.fail(reason);
        }
    }

    /** Tells the exchange once that the client shut down its sending side (P28). */
    void halfClosed() {
        if (!halfClosed) {
            halfClosed = true;
            exchange.on(Event.HALF_CLOSED);
        }
    }

    /** What a drain that began leaves of it (P35). */
    void drain(Service.Drain drain, boolean parked, long now) {
        if (now - drain.deadline() > 0) {
            exchange.cut(CloseReason.SHUTDOWN);
        } else if (parked && (!exchange.committed() || now - drain.parkedDeadline() > 0)) {
            exchange.cutIfParked(CloseReason.SHUTDOWN);
        }
    }

    @Override
    public void wanted() {
        output.interimContinue();
    }

    @Override
    public void drained() {
        connection.execute(() -> connection.onDrained(this));
    }

    @Override
    public void parked(Exchange which, long nanos) {
        service.parked.incrementAndGet();
        parkedNanos.addAndGet(-nanos);
        service.config.exchanges().parked(which, nanos);
        if (service.draining()) {
            connection.execute(() -> connection.look(nanos));
        }
    }

    @Override
    public void unparked(Exchange which, long nanos) {
        service.parked.decrementAndGet();
        parkedNanos.addAndGet(nanos);
        service.config.exchanges().unparked(which, nanos);
    }

    @Override
    public void stalled(Exchange which, long nanos) {
        service.config.exchanges().stalled(which, nanos);
    }

    @Override
    public void applicationFailed(Exchange which, Throwable failure, boolean clientGone) {
        if (clientGone) {
            // A refused body has a line of its own.
            LOG.log(
                    input != null && input.refused() ? Level.DEBUG : Level.INFO,
                    "{0}: the application failed after the client had left: {1}",
                    head,
                    failure);
        } else {
            LOG.log(Level.ERROR, head + ": the application failed", failure);
        }
        service.config.exchanges().applicationFailed(which, failure, clientGone);
    }

    @Override
    public void closeFailed(Exchange which, Throwable failure) {
        LOG.log(Level.ERROR, head + ": close() of the body failed", failure);
        service.config.exchanges().closeFailed(which, failure);
    }

    @Override
    public void pauseLeaked(Exchange which) {
        if (service.leakWarned.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, "{0}: nobody holds the resume of a paused request: it goes on (told once)", head);
        }
        service.config.exchanges().pauseLeaked(which);
    }

    @Override
    public void boundarySwallowed(Exchange which, @Nullable Body body) {
        if (service.boundaryWarned.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "{0}: middleware swallowed a block boundary: stepped while paused; the body is a {1} (told once)",
                    head,
                    body == null ? "?" : body.kind());
        }
        service.config.exchanges().boundarySwallowed(which, body);
    }

    @Override
    public void bodyTooShort(Exchange which, long missing) {
        LOG.log(Level.WARNING, "{0}: the body is {1} bytes shorter than its Content-Length", head, missing);
        service.config.exchanges().bodyTooShort(which, missing);
    }

    @Override
    public void bodyTooLong(Exchange which) {
        LOG.log(Level.WARNING, "{0}: the body is longer than its Content-Length; the rest was dropped", head);
        service.config.exchanges().bodyTooLong(which);
    }

    @Override
    public void released(Exchange which, CloseReason reason, long nanos) {
        service.active.decrementAndGet();
        service.config.exchanges().released(which, reason, nanos);
        RequestListener requests = service.config.requests();
        if (!requests.equals(RequestListener.NONE)) {
            var sent = output.sent();
            requests.served(new RequestListener.Request(
                    which.environ(),
                    sent.head() == null ? 0 : sent.head().code(),
                    sent.head() == null ? List.of() : sent.head().headers(),
                    sent.bytes(),
                    begunMillis,
                    nanos - begunNanos,
                    parkedNanos.get(),
                    reason));
        }
    }

    /** The request line, for log lines. */
    @Override
    public String toString() {
        return head.toString();
    }
}
