package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.StartResponse;
import dev.pausa.wsgi.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The application: what it does is in the script. */
final class App implements Application, Body {
    private static final int LENGTH = 20;
    private static final List<String> STATUSES =
            List.of("200 OK", "200 OK", "200 OK", "204 No Content", "304 Not Modified", "2 0");

    private final Life life;
    private final Script script;
    private final Sink sink;
    private @Nullable StartResponse start;
    private @Nullable Write write;
    private @Nullable Throwable raised;
    private boolean single;
    private int chunks;
    private boolean returned;
    private boolean closed;
    private boolean writing;

    /** What an application raises. */
    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure() {
            super("the application's", null, false, false);
        }
    }

    App(Life life, Script script, Sink sink) {
        this.life = life;
        this.script = script;
        this.sink = sink;
    }

    boolean closed() {
        return closed || !returned && !life.alive() && !life.busy();
    }

    boolean returned() {
        return returned;
    }

    boolean writing() {
        return writing;
    }

    /** Whether this is what it raised, or what it was told that it did wrong. */
    boolean failed(Throwable failure) {
        return failure.equals(raised) || failure instanceof ApplicationError;
    }

    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        start = startResponse;
        step();
        single = script.seldom(4);
        if (script.seldom(8)) {
            throw fail();
        }
        returned = true;
        return this;
    }

    @Override
    public int length() {
        return single ? 1 : -1;
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        step();
        if (single && chunks++ > 0) {
            return end();
        }
        return switch (script.next(8)) {
            case 0 -> single && chunks == 1 ? data() : end();
            case 1, 2 -> ByteBuffer.allocate(0);
            case 3 -> throw fail();
            default -> data();
        };
    }

    private ByteBuffer data() {
        sink.committable = true;
        return life.alive() ? sink.bytes(1 + script.next(LENGTH)) : ByteBuffer.allocate(1);
    }

    private @Nullable ByteBuffer end() {
        sink.committable = true;
        life.justify(CloseReason.END);
        life.justify(CloseReason.ERROR); // Too short, or never started.
        return null;
    }

    private Failure fail() {
        life.justify(CloseReason.ERROR);
        var failure = new Failure();
        raised = failure;
        return failure;
    }

    /** What any step may do before it comes out. */
    private void step() throws Exception {
        life.guard(life::stepBegins);
        try {
            life.acts(3);
            if (write == null || script.seldom(6)) {
                start();
            }
            if (script.seldom(6)) {
                write();
            }
            life.acts(2);
        } finally {
            life.taskEnds();
        }
        // A response that can have no more is complete before its body ends (P23).
        life.justify(CloseReason.END);
    }

    private void start() throws Exception {
        String status = script.of(STATUSES);
        List<Header> headers = script.seldom(3)
                ? List.of(new Header("Content-Length", Integer.toString(script.next(2 * LENGTH))))
                : List.of();
        @Nullable Throwable failure = script.seldom(3) ? fail() : null;
        StartResponse starting = start;
        if (starting == null) {
            return;
        }
        try {
            write = starting.start(status, headers, failure);
        } catch (ApplicationError wrong) {
            life.justify(CloseReason.ERROR);
            if (script.seldom(2)) {
                throw wrong;
            }
        }
    }

    private void write() throws IOException {
        Write writer = write;
        if (writer == null || life.slow()) {
            return;
        }
        sink.committable = true;
        int count = script.next(LENGTH);
        ByteBuffer data = life.alive() ? sink.bytes(count) : ByteBuffer.allocate(0);
        int taken = data.remaining();
        writing = true;
        try {
            writer.write(data);
        } catch (ApplicationError tooLong) {
            sink.takeBack(taken);
            life.justify(CloseReason.ERROR);
        } catch (IOException gone) {
            life.guard(() -> require(!life.alive(), "write() raised while the client is there (P27)"));
        } finally {
            writing = false;
        }
    }

    @Override
    public void close() {
        life.guard(() -> {
            require(returned && !closed, "close() twice, or of no body (P25)");
            require(!life.alive(), "close() before the end (P30)");
            life.taskBegins();
            life.acts(2);
            life.taskEnds();
            closed = true;
        });
        if (script.seldom(6)) {
            throw new Failure();
        }
    }
}
