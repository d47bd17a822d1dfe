package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Resume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** C76 and C78 to C80: timers, heartbeats, the portable body, futures. */
final class Waking {
    private Waking() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c76", Waking::c76);
        routes.put("/c76-task", Waking::c76Task);
        routes.put("/c76-raise", Waking::c76Raise);
        routes.put("/c78", Waking::c78);
        routes.put("/c79", Waking::c79);
        routes.put("/c80", Waking::c80);
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    /** A timer that is a resume; one that is cancelled first; one that outlives its request. */
    private static Body c76(Request request) throws Exception {
        Recorder recorder = request.recorder();
        CallLater callLater = request.callLater();
        request.ok();
        return request.script(
                () -> {
                    callLater.after(millis(100), request.pause());
                    return nothing();
                },
                () -> {
                    recorder.note("woken");
                    CallLater.Timer timer = callLater.after(millis(100), () -> recorder.note("WRONG"));
                    recorder.note("cancel", List.of(timer.cancel(), timer.cancel()));
                    request.resumeLater(300, request.pause());
                    return nothing();
                },
                () -> {
                    callLater.after(millis(200), () -> recorder.note("WRONG"));
                    return chunk("data");
                });
    }

    /** P31: a callback that is no resume runs as a task, also while parked; impossible delays are refused. */
    private static Body c76Task(Request request) throws Exception {
        Recorder recorder = request.recorder();
        CallLater callLater = request.callLater();
        recorder.attempt("refused", () -> callLater.after(millis(-1000), () -> {}));
        request.ok();
        return request.script(
                () -> {
                    Resume resume = request.pause();
                    callLater.after(millis(50), () -> {
                        recorder.note("task");
                        Thread.sleep(200);
                        recorder.note("task-over");
                    });
                    callLater.after(millis(100), resume);
                    return nothing();
                },
                () -> {
                    recorder.note("woken");
                    return chunk("data");
                });
    }

    /** A timer callback that raises is an application error of the request. */
    private static Body c76Raise(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.resumeLater(2000, request.pause());
                    request.callLater().after(millis(50), () -> {
                        throw new IOException("c76-raised");
                    });
                    return nothing();
                },
                () -> chunk("WRONG"));
    }

    /** {@code ?events=} events at random times, each with the time at which it was put, under a heartbeat. */
    private static Body c78(Request request) throws Exception {
        int count = request.number("events");
        request.ok();
        var body = new PortableBody(request.environ());
        Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < count; i++) {
                if (ThreadLocalRandom.current().nextDouble() < 0.8) {
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(500_000));
                }
                body.put(i + " " + System.nanoTime() / 1e9 + "\n");
            }
            body.end();
        });
        return request.watch(new Heartbeat(request, body));
    }

    /** Two events, one before and one after the resume is published, both before the queue is looked at again. */
    private static Body c79(Request request) throws Exception {
        request.ok();
        var reference = new AtomicReference<PortableBody>();
        var published = new AtomicBoolean();
        Runnable before = () -> {
            if (!published.get()) {
                reference.get().put("one ");
            }
        };
        Runnable after = () -> {
            if (published.compareAndSet(false, true)) {
                reference.get().put("two");
            }
        };
        var body = new PortableBody(request.environ(), before, after);
        reference.set(body);
        Later.after(500, body::end);
        return request.watch(body);
    }

    private static Body c80(Request request) throws Exception {
        request.ok();
        Executor late = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);
        CompletableFuture<byte[]> future = new CompletableFuture<>();
        return request.script(
                () -> {
                    Resume resume = request.pause();
                    future.whenComplete((result, failure) -> resume.resume());
                    late.execute(() -> future.complete(bytes("result")));
                    return nothing();
                },
                () -> ByteBuffer.wrap(future.get(0, TimeUnit.SECONDS)));
    }
}
