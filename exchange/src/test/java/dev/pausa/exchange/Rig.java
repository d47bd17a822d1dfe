package dev.pausa.exchange;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.Variables;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** One exchange with ports that a test turns by hand, on one thread: a queue, a clock, an output and a log of all that happened. */
final class Rig {
    /** What happened, in order: output, listener, application. */
    final List<String> log = new ArrayList<>();

    final List<Throwable> failures = new ArrayList<>();
    final Deque<Entry> queue = new ArrayDeque<>();
    final Worker first = new Worker("first");
    final Worker second = new Worker("second");
    final Environ environ = new Environ(new Variables());

    /** What the transport tells during the next write. */
    @Nullable
    Event duringWrite;

    boolean contended;
    boolean sendsFiles = true;
    ResponseHead.@Nullable Committed head;

    private final PriorityQueue<Bell> alarms = new PriorityQueue<>(Comparator.comparingLong(Bell::at));
    private long now;
    private @Nullable Exchange exchange;
    private PausePolicy policy = PausePolicy.DEFAULT;
    private boolean headRequest;

    record Entry(TaskQueue.Task task, TaskQueue.@Nullable Home home) {}

    record Bell(long at, Runnable action) {}

    static final class Worker implements TaskQueue.Home {
        final String name;
        int stalled;

        Worker(String name) {
            this.name = name;
        }

        @Override
        public void stalled(int change) {
            stalled += change;
        }
    }

    /** A body as a function, with a log of its close. */
    interface Steps {
        @Nullable
        String next() throws Exception;
    }

    Rig policy(PausePolicy changed) {
        policy = changed;
        return this;
    }

    Rig headRequest() {
        headRequest = true;
        return this;
    }

    /** Makes the exchange and queues it. */
    Rig begin(Application application) {
        var made = new Exchange(application, environ, headRequest, output(), tasks(), clock(), listener(), policy);
        exchange = made;
        made.begin();
        return this;
    }

    /** As {@link #begin}, and runs what is due. */
    Rig serve(Application application) {
        begin(application);
        run();
        return this;
    }

    /** An application that starts a plain 200 and answers with these steps. */
    Application steps(Steps steps) {
        return (environ, start) -> {
            start.start("200 OK", List.of());
            return body(steps);
        };
    }

    Body body(Steps steps) {
        return new Body() {
            @Override
            public @Nullable ByteBuffer next() throws Exception {
                log.add("step");
                String chunk = steps.next();
                return chunk == null ? null : bytes(chunk);
            }

            @Override
            public void close() {
                log.add("close " + exchange().closeReason());
            }
        };
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Exchange exchange() {
        Exchange made = exchange;
        if (made == null) {
            throw new AssertionError("begin first");
        }
        return made;
    }

    Resume pause() {
        PauseOutput pause = environ.get(Environ.PAUSE_OUTPUT);
        if (pause == null) {
            throw new AssertionError("no pause_output");
        }
        return pause.pause();
    }

    CallLater callLater() {
        CallLater later = environ.get(Environ.CALL_LATER);
        if (later == null) {
            throw new AssertionError("no call_later");
        }
        return later;
    }

    /** Runs the entries of the queue until it is empty, on the first thread unless bound to another. */
    void run() {
        while (!queue.isEmpty()) {
            runOne(first);
        }
    }

    void runOne(Worker free) {
        Entry entry = queue.remove();
        entry.task().run(entry.home() == null ? free : entry.home());
    }

    /** Lets time pass and fires the alarms that are due, in order; does not run the queue. */
    void pass(long millis) {
        long until = now + millis * 1_000_000;
        for (Bell next = alarms.peek(); next != null && next.at() <= until; next = alarms.peek()) {
            alarms.remove();
            now = next.at();
            next.action().run();
        }
        now = until;
    }

    int armed() {
        return alarms.size();
    }

    /** Everything but steps: {@code contains} in a readable form. */
    String story() {
        return String.join(", ", log);
    }

    void on(Event event) {
        exchange().on(event);
    }

    <T> T logged(String what, Callable<T> call) throws Exception {
        T result = call.call();
        log.add(what + " " + result);
        return result;
    }

    private Output output() {
        return new Output() {
            @Override
            public void head(ResponseHead.Committed committed) {
                head = committed;
                log.add("head " + committed.code()
                        + (committed.contentLength() < 0 ? "" : " length " + committed.contentLength())
                        + (committed.bodyless() ? " bodyless" : ""));
            }

            @Override
            public void write(ByteBuffer chunk) {
                Event event = duringWrite;
                duringWrite = null;
                if (event != null) {
                    on(event);
                }
                log.add("write " + StandardCharsets.ISO_8859_1.decode(chunk.duplicate()));
            }

            @Override
            public boolean sendsFiles() {
                return sendsFiles;
            }

            @Override
            public void file(FileChannel file, long position, long count) {
                log.add("file " + position + " + " + count);
            }

            @Override
            public void flush() {
                log.add("flush");
            }

            @Override
            public void end() {
                log.add("end");
            }

            @Override
            public void abort() {
                log.add("abort");
            }
        };
    }

    private TaskQueue tasks() {
        return new TaskQueue() {
            @Override
            public void start(Task task) {
                queue.add(new Entry(task, null));
            }

            @Override
            public void again(Task task, @Nullable Home home) {
                log.add(home == null ? "queued" : "queued for " + ((Worker) home).name);
                queue.add(new Entry(task, home));
            }

            @Override
            public boolean contended(Home home) {
                return contended;
            }
        };
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public long nanos() {
                return now;
            }

            @Override
            public Alarm after(long nanos, Runnable action) {
                var alarm = new Bell(now + nanos, action);
                alarms.add(alarm);
                return () -> alarms.removeIf(armed -> armed.equals(alarm));
            }
        };
    }

    private ExchangeListener listener() {
        return new ExchangeListener() {
            @Override
            public void parked(Exchange from, long nanos) {
                log.add("parked");
            }

            @Override
            public void unparked(Exchange from, long nanos) {
                log.add("unparked");
            }

            @Override
            public void stalled(Exchange from, long nanos) {
                log.add("stalled");
            }

            @Override
            public void applicationFailed(Exchange from, Throwable failure, boolean clientGone) {
                failures.add(failure);
                log.add((clientGone ? "failed for nobody: " : "failed: ") + failure.getMessage());
            }

            @Override
            public void closeFailed(Exchange from, Throwable failure) {
                log.add("close failed: " + failure.getMessage());
            }

            @Override
            public void pauseLeaked(Exchange from) {
                log.add("leaked");
            }

            @Override
            public void boundarySwallowed(Exchange from, @Nullable Body body) {
                log.add("swallowed by " + (body == null ? "nobody" : "a body"));
            }

            @Override
            public void bodyTooShort(Exchange from, long missing) {
                log.add("too short by " + missing);
            }

            @Override
            public void bodyTooLong(Exchange from) {
                log.add("too long");
            }

            @Override
            public void released(Exchange from, CloseReason reason, long nanos) {
                log.add("released " + reason);
            }
        };
    }
}
