package dev.pausa.exchange;

import org.jspecify.annotations.Nullable;

/** The threads of one worker, seen from the exchange. Any thread calls in; no call waits or runs application code. */
public interface TaskQueue {
    /** Queues the first task of a request: any thread of the worker will run it. */
    void start(Task task);

    /**
     * Queues a further one.
     *
     * @param home the thread that must run it (P38), or {@code null} for any
     */
    void again(Task task, @Nullable Home home);

    /** Whether another task waits that {@code home} could run: then a request that could go on at once queues up instead. */
    boolean contended(Home home);

    /** What a thread of the worker runs: one exchange has at most one entry in the queue. */
    @FunctionalInterface
    interface Task {
        /** Runs what is due. Called by the thread that {@code here} stands for. */
        void run(Home here);
    }

    /** One thread of the worker. */
    interface Home {
        /** The thread owns one more (or one less) request that is bound to it and stalled by a slow client (P38). */
        void stalled(int change);
    }
}
