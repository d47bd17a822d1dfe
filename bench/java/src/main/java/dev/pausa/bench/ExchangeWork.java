package dev.pausa.bench;

import dev.pausa.exchange.Clock;
import dev.pausa.exchange.Event;
import dev.pausa.exchange.Exchange;
import dev.pausa.exchange.ExchangeListener;
import dev.pausa.exchange.Output;
import dev.pausa.exchange.PausePolicy;
import dev.pausa.exchange.ResponseHead;
import dev.pausa.exchange.TaskQueue;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.Variables;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The life of one request of an application in Java, on one thread that is worker and transport. */
final class ExchangeWork implements TaskQueue, TaskQueue.Home, Output, Clock {
    /** Pauses of one request of {@link #pausing()}. */
    static final int PAUSES = 100;

    private static final byte[] HELLO = "Hello world\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final List<Header> HEADERS =
            List.of(new Header("Content-Type", "text/plain"), new Header("Content-Length", "12"));

    private final Deque<Task> queue = new ArrayDeque<>();
    private @Nullable Resume resume;
    private boolean ended;
    private int written;

    /** A request that is answered with one chunk. Returns how many bytes were written. */
    int plain() {
        return serve((environ, start) -> {
            start.start("200 OK", HEADERS);
            return Body.of(HELLO);
        });
    }

    /** A request that pauses {@link #PAUSES} times, each resumed when nobody is inside, and then sends one chunk. */
    int pausing() {
        return serve((environ, start) -> {
            start.start("200 OK", HEADERS);
            return new Pausing(environ);
        });
    }

    private final class Pausing implements Body {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
        private final Environ environ;
        private int steps;

        Pausing(Environ environ) {
            this.environ = environ;
        }

        @Override
        public @Nullable ByteBuffer next() {
            steps++;
            if (steps > PAUSES) {
                return steps == PAUSES + 1 ? ByteBuffer.wrap(HELLO) : null;
            }
            resume = Objects.requireNonNull(environ.get(Environ.PAUSE_OUTPUT)).pause();
            return NOTHING;
        }
    }

    private int serve(Application application) {
        ended = false;
        written = 0;
        var environ = new Environ(new Variables());
        environ.put(Environ.INPUT, Input.EMPTY);
        var exchange =
                new Exchange(application, environ, false, this, this, this, ExchangeListener.NONE, PausePolicy.DEFAULT);
        exchange.begin();
        boolean told = false;
        while (true) {
            Task task = queue.poll();
            Resume parked = resume;
            if (task != null) {
                task.run(this);
            } else if (parked != null) {
                resume = null;
                parked.resume();
            } else if (ended && !told) {
                told = true;
                exchange.on(Event.FLUSHED);
            } else {
                return written;
            }
        }
    }

    @Override
    public void start(Task task) {
        queue.add(task);
    }

    @Override
    public void again(Task task, @Nullable Home home) {
        queue.add(task);
    }

    @Override
    public boolean contended(Home home) {
        return false;
    }

    @Override
    public void stalled(int change) {}

    @Override
    public void head(ResponseHead.Committed head) {}

    @Override
    public void write(ByteBuffer chunk) {
        written += chunk.remaining();
    }

    @Override
    public void flush() {}

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public void abort() {
        throw new AssertionError("aborted");
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Alarm after(long nanos, Runnable action) {
        return () -> {};
    }
}
