package dev.pausa.exchange;

import dev.pausa.exchange.State.Over;
import dev.pausa.exchange.State.Stepping;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.FileRange;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one request: application code runs here and nowhere else, by one thread at a time, outside the
 * monitor. Each task answers with the moment that it came to.
 */
final class Tasks {
    private final Exchange exchange;
    private final Application application;
    private final Response response;
    private final Callbacks callbacks;
    private final ExchangeListener listener;
    private final Clock clock;

    /** Made with the first reading of {@code pending} in a step. */
    private @Nullable Audit audit;

    private @Nullable Body body;
    private @Nullable Throwable failure;
    private boolean complete;

    /** Whether the body was not asked for anything yet. */
    private boolean first = true;

    /** The thread inside a step. Set and cleared by that thread, so that it alone can find itself here. */
    private @Nullable Thread stepper;

    Tasks(
            Exchange exchange,
            Application application,
            Response response,
            Callbacks callbacks,
            Clock clock,
            ExchangeListener listener) {
        this.exchange = exchange;
        this.application = application;
        this.response = response;
        this.callbacks = callbacks;
        this.listener = listener;
        this.clock = clock;
    }

    /** Step 0 is the call of the application, each further one a {@code next()} of its body. */
    Moment step() {
        stepper = Thread.currentThread();
        try {
            Body begun = body;
            if (begun == null) {
                return callApplication();
            }
            return first && sendsFile(begun) ? Moment.ENDED : yielded(begun, begun.next());
        } catch (Throwable raised) {
            failure = raised;
            return Moment.FAILED;
        } finally {
            stepper = null;
            if (audit != null && audit.stepEnded()) {
                listener.boundarySwallowed(exchange, body);
            }
        }
    }

    private Moment callApplication() throws Exception {
        @Nullable Body begun = application.call(exchange.environ(), this::start);
        if (begun == null) {
            throw new ApplicationError("the application returned no body");
        }
        body = begun;
        return completes() ? Moment.COMPLETED : Moment.YIELDED;
    }

    /** Whether the whole body was a file, and is on its way: with that, or without a client, it is at its end. */
    private boolean sendsFile(Body begun) throws Exception {
        first = false;
        FileRange range = begun.file();
        return range != null && response.started() && (exchange.state() instanceof Over || response.send(range));
    }

    private Moment yielded(Body from, @Nullable ByteBuffer chunk) {
        if (complete) {
            return Moment.ENDED; // P23: this was the step after completion.
        }
        if (chunk == null) {
            return bodyEnded();
        }
        if (!chunk.hasRemaining()) {
            return completes() ? Moment.COMPLETED : empty();
        }
        if (exchange.state() instanceof Over) {
            return Moment.YIELDED; // P27: dropped.
        }
        if (response.send(chunk, from)) {
            listener.bodyTooLong(exchange);
        }
        return completes() ? Moment.COMPLETED : Moment.YIELDED;
    }

    private Moment bodyEnded() {
        if (exchange.state() instanceof Over) {
            return Moment.ENDED;
        }
        long missing = response.missing();
        if (missing == 0) {
            return Moment.ENDED;
        }
        listener.bodyTooShort(exchange, missing);
        return Moment.FAILED;
    }

    private Moment empty() {
        synchronized (exchange) {
            boolean counts =
                    exchange.state() instanceof Stepping(Terms terms, boolean resumed) && !terms.paused() && !resumed;
            return counts && exchange.emptySteps().another() ? Moment.YIELDED_EMPTY_AGAIN : Moment.YIELDED_EMPTY;
        }
    }

    private boolean completes() {
        complete = response.complete();
        return complete;
    }

    /** Runs the callback of a timer, or the input handler (P54). */
    Moment call() {
        try {
            callbacks.call();
            return Moment.CALLED;
        } catch (Throwable raised) {
            failure = raised;
            return Moment.FAILED;
        }
    }

    /** Closes the body, if step 0 came as far as that. */
    Moment close() {
        Body closing = body;
        if (closing != null) {
            try {
                closing.close();
            } catch (Throwable raised) {
                listener.closeFailed(exchange, raised);
            }
        }
        return Moment.BODY_CLOSED;
    }

    /** Tells the listener what a task raised: after the state has changed by it. */
    void tellFailure() {
        Throwable raised = failure;
        if (raised != null) {
            failure = null;
            listener.applicationFailed(exchange, raised, exchange.closeReason() != CloseReason.ERROR);
        }
    }

    /** Somebody found an epoch open; any thread. */
    void readPending() {
        if (stepper != Thread.currentThread()) {
            return;
        }
        Audit reading = audit;
        if (reading == null) {
            reading = new Audit(clock);
            audit = reading;
        }
        if (reading.read()) {
            listener.boundarySwallowed(exchange, body);
        }
    }

    void release() {
        body = null;
    }

    private Write start(String status, List<Header> headers, @Nullable Throwable raised) throws Exception {
        requireStep("start_response()");
        response.start(status, headers, raised);
        return this::write;
    }

    private void write(ByteBuffer data) throws IOException {
        requireStep("write()");
        requireClient();
        response.write(data);
        exchange.awaitWritable();
        requireClient();
    }

    private void requireStep(String what) {
        if (stepper != Thread.currentThread()) {
            throw new ApplicationError(what + " was called outside a step, or by another thread");
        }
    }

    private void requireClient() throws ClientDisconnected {
        if (exchange.state() instanceof Over over) {
            throw new ClientDisconnected(
                    "nobody waits for this response any more: " + over.reason().text());
        }
    }
}
