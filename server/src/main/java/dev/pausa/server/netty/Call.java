package dev.pausa.server.netty;

import dev.pausa.exchange.ErrorResponse;
import dev.pausa.exchange.Event;
import dev.pausa.exchange.Exchange;
import dev.pausa.exchange.ExchangeListener;
import dev.pausa.exchange.RequestInput;
import dev.pausa.http1.Refusal;
import dev.pausa.http1.RequestHead;
import dev.pausa.server.RequestListener;
import dev.pausa.server.ServerConfig;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.StartResponse;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One request between its connection and its exchange: it makes the exchange, begins it when its turn has come, hears of it
 * and reports.
 */
final class Call implements Application, ExchangeListener, RequestInput.Source {
    private static final Name REQUEST_ID = Name.of("pausa.request_id");

    /** Standard error, which no application closes for the others (PEP 3333, "Input and Error Streams"). */
    private static final PrintStream ERRORS = new PrintStream(System.err, true) {
        @Override
        public void close() {
            flush();
        }
    };

    final Exchange exchange;
    final ChannelOutput output;
    private final @Nullable RequestInput input;
    private final Http1Handler connection;
    private final Service service;
    private final Peer peer;
    final RequestHead head;

    /** Maintained by {@link Uploads}. */
    Uploads.Place place = Uploads.Place.NONE;

    private final long begunNanos;

    /** Ends of parked times less their beginnings: the two may be told in either order. */
    private final AtomicLong parkedNanos = new AtomicLong();

    /** Bytes of the request body so far; the event loop's. */
    private long received;

    /** Set when the rest of the body was refused, before reads of it fail. */
    private volatile @Nullable Refusal bodyRefusal;

    /** The refusal that the application failed of, if it did; the exchange's thread. */
    private @Nullable Refusal failedOf;

    /** What the application raised, if its page may show it; the exchange's thread. */
    private @Nullable String trace;

    /** Guarded by this. Nobody asks for that of most requests. */
    private @Nullable String id;

    /** Whether the exchange began; the event loop's. */
    private boolean begun;

    /** Since when the client has been waiting for the server alone; the event loop's. */
    private long waitingSince;

    /** Whether a thread began to call the application. */
    private boolean called;

    /** Whether the exchange was told; the event loop's. */
    private boolean halfClosed;

    Call(Http1Handler connection, Connections connections, RequestHead head, Peer peer, long nanos) {
        this.connection = connection;
        this.service = connections.service;
        this.head = head;
        this.peer = peer;
        this.begunNanos = nanos;
        this.waitingSince = nanos;
        ServerConfig config = service.config;
        Environ environ = EnvironFactory.environ(head, peer, service);
        input = switch (head.framing()) {
            case RequestHead.Framing.None _ -> null;
            case RequestHead.Framing.Length(long bytes) ->
                new RequestInput(this, config.limits().bodyBuffer(), bytes);
            case RequestHead.Framing.Chunked _ ->
                new RequestInput(this, config.limits().bodyBuffer());
        };
        output = new ChannelOutput(connection, service, head, this);
        if (config.reporting().requestIdField() != null) {
            environ.variables().add(REQUEST_ID, id().getBytes(StandardCharsets.ISO_8859_1));
        }
        environ.put(Environ.INPUT, input == null ? Input.EMPTY : input);
        environ.put(Environ.ERRORS, ERRORS);
        exchange = new Exchange(
                this,
                environ,
                head.method().equals("HEAD"),
                output,
                connections.arrivals,
                connections.clock,
                this,
                config.mount().pauses());
        output.attach(exchange);
        service.active.incrementAndGet();
        service.waiting.incrementAndGet();
    }

    boolean begun() {
        return begun;
    }

    /** Lets a thread of the worker begin it. */
    void begin(long now) {
        begun = true;
        waitingSince = now;
        exchange.begin();
    }

    /** Begins although its body is still coming, now or when there is a place for it. */
    void beginUpload(long now) {
        if (place == Uploads.Place.NONE && service.uploads.join(this)) {
            begin(now);
        }
    }

    /**
     * Whether the body fits into memory and the client sends it unasked: then it is waited for a little, because a thread
     * that waits inside of the application costs more.
     */
    boolean bodySoon() {
        return head.framing() instanceof RequestHead.Framing.Length(long bytes)
                && bytes <= service.config.limits().bodyBuffer()
                && output.continued();
    }

    /** There is a place for it among the uploads; any thread. */
    void admit() {
        connection.execute(() -> connection.onAdmitted(this));
    }

    /** Nothing more of the body will come. */
    void uploaded() {
        if (place != Uploads.Place.NONE) {
            service.uploads.leave(this);
        }
    }

    /** It will not begin: another answer is given, or none. */
    void abandon() {
        uploaded();
        if (input != null) {
            input.close();
        }
        service.waiting.decrementAndGet();
        service.active.decrementAndGet();
    }

    /** The client left. */
    void lose(String reason) {
        if (!begun) {
            abandon();
            return;
        }
        // In this order: whoever the failing read wakes must find the reason (P30).
        exchange.on(Event.DISCONNECTED);
        failBody(reason);
    }

    /** Bytes of the request body so far. */
    long received() {
        return received;
    }

    /** The client made the server wait, not the other way round. */
    void clientWasDue(long now) {
        waitingSince = now;
    }

    /** Whether the server lets the client wait for longer than it may. */
    boolean overdue(long now) {
        return now - waitingSince > service.config.timeouts().queue().toNanos();
    }

    /** Ends it with 503 if no thread has begun it. */
    void expire() {
        if (exchange.cutIfWaiting(CloseReason.TIMEOUT)) {
            service.overload.refused("no thread was free in time");
        }
    }

    /** Counts a piece of the body; answers whether it is still within the limit. */
    boolean receives(int bytes) {
        if (received == 0) {
            output.bodyBegan();
        }
        received += bytes;
        return received <= service.config.limits().body();
    }

    /** A piece of the body, which may be lent; answers whether there is room for more. */
    boolean feed(ByteBuffer bytes, RequestInput.@Nullable Loan loan) {
        if (loan == null) {
            return input == null || input.feed(bytes);
        }
        if (input == null) {
            loan.giveBack();
            return true;
        }
        return input.feed(loan);
    }

    void bodyEnded() {
        if (input != null) {
            input.end();
        }
    }

    /** What is left of the body breaks a rule: reading it fails, and the answer is this status unless there is one. */
    void refuseBody(Refusal refusal) {
        bodyRefusal = refusal;
        failBody(refusal.reason());
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

    /** What the exchange calls. */
    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        called = true;
        service.waiting.decrementAndGet();
        return service.config.mount().application().call(environ, startResponse);
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
        uploaded();
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

    /** What the request is called. Any thread. */
    synchronized String id() {
        String known = id;
        if (known == null) {
            known = RequestId.of(head, peer, service);
            id = known;
        }
        return known;
    }

    /** The response, as the application gave none. By the thread that ends it. */
    ErrorResponse error(CloseReason reason) {
        return Refusals.response(reason, failedOf, head, id(), trace);
    }

    @Override
    public void applicationFailed(Exchange which, Throwable failure, boolean clientGone) {
        boolean clients = byClient(failure);
        if (clientGone) {
            CallLog.failedUnseen(this, failure, clients);
        } else if (clients && bodyRefusal != null) {
            failedOf = bodyRefusal; // That was logged.
        } else {
            trace = service.config.reporting().debug() ? CallLog.trace(failure) : null;
            CallLog.failed(this, failure);
        }
        service.config.exchanges().applicationFailed(which, failure, clientGone);
    }

    /** Whether it is a {@link ClientDisconnected}, or was raised because of one. */
    private static boolean byClient(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < 100 && cause != null && !(cause instanceof ClientDisconnected); i++) {
            cause = cause.getCause();
        }
        return cause instanceof ClientDisconnected;
    }

    @Override
    public void closeFailed(Exchange which, Throwable failure) {
        Fault.APPLICATION.log(Level.ERROR, this, "close() of the body failed", failure);
        service.config.exchanges().closeFailed(which, failure);
    }

    @Override
    public void pauseLeaked(Exchange which) {
        if (service.leakWarned.compareAndSet(false, true)) {
            CallLog.pauseLeaked(this);
        }
        service.config.exchanges().pauseLeaked(which);
    }

    @Override
    public void boundarySwallowed(Exchange which, @Nullable Body body) {
        if (service.boundaryWarned.compareAndSet(false, true)) {
            CallLog.boundarySwallowed(this, body);
        }
        service.config.exchanges().boundarySwallowed(which, body);
    }

    @Override
    public void bodyTooShort(Exchange which, long missing) {
        CallLog.bodyTooShort(this, missing);
        service.config.exchanges().bodyTooShort(which, missing);
    }

    @Override
    public void bodyTooLong(Exchange which) {
        CallLog.bodyTooLong(this);
        service.config.exchanges().bodyTooLong(which);
    }

    @Override
    public void released(Exchange which, CloseReason reason, long nanos) {
        service.active.decrementAndGet();
        if (!called) {
            service.waiting.decrementAndGet();
        }
        uploaded();
        if (called && (reason == CloseReason.TIMEOUT || reason == CloseReason.SHUTDOWN)) {
            CallLog.cut(this, reason);
        }
        service.config.exchanges().released(which, reason, nanos);
        RequestListener requests = service.config.requests();
        if (!requests.equals(RequestListener.NONE)) {
            var sent = output.sent();
            long took = nanos - begunNanos;
            requests.served(new RequestListener.Request(
                    which.environ(),
                    sent.head() == null ? 0 : sent.head().code(),
                    sent.head() == null ? List.of() : sent.head().headers(),
                    sent.bytes(),
                    System.currentTimeMillis() - took / 1_000_000,
                    took,
                    parkedNanos.get(),
                    reason,
                    this::id));
        }
    }

    /** The request line and the id, for log lines. */
    @Override
    public String toString() {
        return head + " (" + id() + ")";
    }
}
