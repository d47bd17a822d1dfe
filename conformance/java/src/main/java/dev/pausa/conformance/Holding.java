package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Resume;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** C41, C43 and C48: what a request holds: resumes, memory, threads. */
final class Holding {
    private static final ConcurrentLinkedQueue<Resume> KEPT = new ConcurrentLinkedQueue<>();
    private static final ConcurrentLinkedQueue<WeakReference<Object>> HELD = new ConcurrentLinkedQueue<>();
    private static final List<Resume> LATE = new CopyOnWriteArrayList<>();
    private static final AtomicBoolean STOPPING = new AtomicBoolean();
    private static final Cleaner CLEANER = Cleaner.create();
    private static final ThreadLocal<AtomicInteger> LOCAL = ThreadLocal.withInitial(AtomicInteger::new);

    private Holding() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c41", Holding::c41);
        routes.put("/c41-tally", Holding::c41Tally);
        routes.put("/c43", Holding::c43);
        routes.put("/c48", Holding::c48);
        routes.put("/p38", Holding::p38);
        routes.put("/p39", Holding::p39);
    }

    private static Body c41(Request request) throws Exception {
        request.ok(new Header("Content-Length", "2"));
        Script.Step step = () -> {
            Resume resume = request.pause();
            KEPT.add(resume);
            resume.resume();
            return chunk("x");
        };
        var body = new Script(step, step);
        HELD.add(new WeakReference<>(body));
        HELD.add(new WeakReference<>(request.environ()));
        return body;
    }

    private static Body c41Tally(Request request) throws Exception {
        System.gc();
        Recorder recorder = request.recorder();
        recorder.note("kept", KEPT.size());
        recorder.note("alive", HELD.stream().filter(held -> held.get() != null).count());
        recorder.note("late", KEPT.stream().filter(Resume::resume).count());
        request.ok();
        return Body.of(bytes("noted"));
    }

    /** Parks for good, after headers with {@code ?sent=1}; once closed, its resume is called until the process ends. */
    private static Body c43(Request request) throws Exception {
        request.ok();
        return request.watch(new Body() {
            private @Nullable Resume resume;

            @Override
            public ByteBuffer next() {
                resume = request.pause();
                return request.has("sent") ? chunk("hello") : nothing();
            }

            @Override
            public void close() {
                Resume late = Objects.requireNonNull(resume);
                request.recorder().note("late", late.resume());
                LATE.add(late);
                if (STOPPING.compareAndSet(false, true)) {
                    Thread.ofPlatform().daemon().start(Holding::resumeForEver);
                }
            }
        });
    }

    private static void resumeForEver() {
        while (!Thread.currentThread().isInterrupted()) {
            LATE.forEach(Resume::resume);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Body c48(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.script(
                () -> {
                    resumeWhenCollected(request);
                    for (int i = 0; i < 200 && recorder.count("resumed") == 0; i++) {
                        System.gc();
                        Thread.sleep(10);
                    }
                    recorder.note("collected");
                    return chunk("one ");
                },
                () -> {
                    resumeWhenCollected(request);
                    Later.after(100, System::gc);
                    return nothing();
                },
                () -> chunk("two"));
    }

    /** Five chunks, parked after the second and the fourth. */
    private static Body p38(Request request) throws Exception {
        request.ok();
        Script.Step[] steps = new Script.Step[5];
        for (int i = 0; i < steps.length; i++) {
            int number = i;
            steps[i] = () -> {
                if (number % 2 == 1) {
                    request.resumeLater(20, request.pause());
                }
                return chunk(String.valueOf(number));
            };
        }
        return request.script(steps);
    }

    /** Counts the requests of this thread in a thread-local. */
    private static Body p39(Request request) throws Exception {
        request.ok();
        return Body.of(bytes(String.valueOf(LOCAL.get().incrementAndGet())));
    }

    private static void resumeWhenCollected(Request request) {
        Recorder recorder = request.recorder();
        Resume resume = request.pause();
        CLEANER.register(new Object(), () -> recorder.note("resumed", resume.resume()));
    }
}
