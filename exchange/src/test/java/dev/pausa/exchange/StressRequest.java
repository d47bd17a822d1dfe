package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.Variables;
import dev.pausa.wsgi.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One request of {@link StressTest}: a body of a fixed number of steps that pauses at random, and counts what goes wrong. */
final class StressRequest {
    private final StressPorts ports;
    private final SplittableRandom random;
    private final int length;
    private final Runnable done;
    private final Exchange exchange;
    private final Environ environ = new Environ(new Variables());
    private final RequestInput input = new RequestInput(new NoSource(), 100);

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger inOutput = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();
    private final AtomicInteger releases = new AtomicInteger();
    private final AtomicInteger epochs = new AtomicInteger();
    private final AtomicInteger successes = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();
    private final AtomicInteger stepsAfterClose = new AtomicInteger();
    private final AtomicReference<@Nullable CloseReason> reason = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** A request whose fate is in {@code random}. */
    StressRequest(StressPorts ports, SplittableRandom random, int length, Runnable done) {
        this.ports = ports;
        this.random = random;
        this.length = length;
        this.done = done;
        environ.put(Environ.INPUT, input);
        this.exchange = new Exchange(
                (environ, start) -> {
                    Write write = start.start("200 OK", List.of());
                    pauseAtRandom();
                    if (random.nextInt(8) == 0) {
                        write(write);
                    }
                    return body();
                },
                environ,
                false,
                output(),
                ports,
                ports,
                listener(),
                PausePolicy.DEFAULT);
    }

    private static final class NoSource implements RequestInput.Source {
        @Override
        public void wanted() {}

        @Override
        public void drained() {}
    }

    void begin() {
        int fate = random.nextInt(10);
        int when = random.nextInt(3000);
        exchange.begin();
        switch (fate) {
            case 0 -> ports.soon(when, () -> exchange.on(Event.DISCONNECTED));
            case 1 -> ports.soon(when, () -> exchange.on(Event.HALF_CLOSED));
            case 2 -> ports.soon(when, () -> exchange.cut(CloseReason.SHUTDOWN));
            case 3 -> ports.soon(when, () -> exchange.cutIfParked(CloseReason.TIMEOUT));
            default -> {}
        }
    }

    private void write(Write write) {
        try {
            write.write(ByteBuffer.wrap(new byte[10]));
        } catch (IOException gone) {
            assertTrue(exchange.closeReason() != null, "write() raised while the request is alive");
        }
    }

    private Body body() {
        return new Body() {
            @Override
            public @Nullable ByteBuffer next() {
                enter();
                try {
                    if (steps.incrementAndGet() > length) {
                        steps.decrementAndGet();
                        return null;
                    }
                    pauseAtRandom();
                    return ByteBuffer.allocate(random.nextInt(3) == 0 ? 0 : 10);
                } finally {
                    inside.decrementAndGet();
                }
            }

            @Override
            public void close() {
                enter();
                closes.incrementAndGet();
                reason.set(exchange.closeReason());
                inside.decrementAndGet();
            }
        };
    }

    private void enter() {
        if (inside.incrementAndGet() != 1) {
            overlaps.incrementAndGet();
        }
        if (closes.get() > 0) {
            stepsAfterClose.incrementAndGet();
        }
    }

    /** Three times in four: a pause, resumed by one or two threads and a timer, now or a little later, or dropped. */
    private void pauseAtRandom() {
        PauseOutput pause = environ.get(Environ.PAUSE_OUTPUT);
        CallLater later = environ.get(Environ.CALL_LATER);
        if (pause == null || later == null || random.nextInt(4) == 0) {
            return;
        }
        Resume resume = pause.pause();
        epochs.incrementAndGet();
        var counted = new AtomicBoolean();
        Runnable once = () -> {
            if (resume.resume()) {
                successes.incrementAndGet();
                if (!counted.compareAndSet(false, true)) {
                    overlaps.incrementAndGet();
                }
            }
        };
        int micros = random.nextInt(60);
        switch (random.nextInt(10)) {
            case 8 -> {
                handle(once);
                ports.soon(micros, () -> input.feed(ByteBuffer.allocate(1)));
            }
            case 9 -> {
                ports.soon(micros, () -> input.feed(ByteBuffer.allocate(1)));
                handle(once);
            }
            case 0 -> once.run();
            case 1 -> resume.dropped();
            case 2 -> later.after(Duration.ofNanos(micros * 1000L), resume);
            case 3 ->
                later.after(Duration.ofNanos(micros * 1000L), () -> {
                    enter();
                    once.run();
                    inside.decrementAndGet();
                });
            case 4 -> {
                ports.soon(micros, once);
                ports.soon(micros, once);
            }
            default -> ports.soon(random.nextInt(2) * micros, once);
        }
    }

    /** Registers a handler that takes what is there, if none is armed; else calls it now. */
    private void handle(Runnable handler) {
        try {
            Objects.requireNonNull(environ.get(Environ.INPUT_HANDLER)).register(input, () -> {
                enter();
                read();
                handler.run();
                inside.decrementAndGet();
            });
        } catch (IllegalStateException armed) {
            handler.run();
        }
    }

    private void read() {
        try {
            if (input.readNowait(new byte[100], 0, 100) == 0) {
                overlaps.incrementAndGet();
            }
        } catch (IOException gone) {
            assertTrue(exchange.closeReason() != null, "a read raised while the request is alive");
        }
    }

    private Output output() {
        return new Output() {
            @Override
            public void head(ResponseHead.Committed head) {
                alone(() -> {});
            }

            @Override
            public void write(ByteBuffer chunk) {
                alone(() -> {
                    if (random.nextInt(6) == 0) {
                        exchange.on(Event.CONGESTED);
                        ports.soon(random.nextInt(40), () -> exchange.on(Event.WRITABLE));
                    }
                });
            }

            @Override
            public void flush() {
                alone(() -> {});
            }

            @Override
            public void end() {
                alone(() -> ports.soon(0, () -> exchange.on(Event.FLUSHED)));
            }

            @Override
            public void abort() {
                alone(() -> ports.soon(0, () -> exchange.on(Event.DISCONNECTED)));
            }
        };
    }

    private void alone(Runnable action) {
        if (inOutput.incrementAndGet() != 1) {
            overlaps.incrementAndGet();
        }
        action.run();
        inOutput.decrementAndGet();
    }

    private ExchangeListener listener() {
        return new ExchangeListener() {
            @Override
            public void parked(Exchange from, long nanos) {
                if (parked.incrementAndGet() != 1) {
                    overlaps.incrementAndGet();
                }
            }

            @Override
            public void unparked(Exchange from, long nanos) {
                if (parked.decrementAndGet() != 0) {
                    overlaps.incrementAndGet();
                }
            }

            @Override
            public void applicationFailed(Exchange from, Throwable raised, boolean clientGone) {
                failure.set(raised);
            }

            @Override
            public void released(Exchange from, CloseReason why, long nanos) {
                if (releases.incrementAndGet() == 1) {
                    reason.compareAndSet(null, why);
                    done.run();
                }
            }
        };
    }

    @Nullable
    CloseReason reason() {
        return reason.get();
    }

    int steps() {
        return steps.get();
    }

    /** Called after the release. */
    void check() {
        assertEquals(null, failure.get());
        assertEquals(
                0, overlaps.get(), "overlaps, two Trues of one epoch, parks out of order, or input that is not there");
        assertEquals(0, stepsAfterClose.get(), "tasks after close()");
        assertTrue(closes.get() <= 1, "closed twice");
        assertTrue(closes.get() == 1 || reason.get() != CloseReason.END, "not closed");
        assertEquals(1, releases.get(), "releases");
        assertEquals(0, parked.get(), "still parked");
        assertTrue(successes.get() <= epochs.get(), "more than one True an epoch");
    }
}
