package dev.pausa.conformance;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Calls functions at their time from one daemon thread. */
final class Later {
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("later").factory());

    private Later() {}

    static void after(long millis, Runnable call) {
        var _ = TIMER.schedule(call, millis, TimeUnit.MILLISECONDS);
    }

    static void afterMicros(long micros, Runnable call) {
        var _ = TIMER.schedule(call, micros, TimeUnit.MICROSECONDS);
    }
}
