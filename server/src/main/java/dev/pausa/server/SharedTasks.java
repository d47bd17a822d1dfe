package dev.pausa.server;

import dev.pausa.exchange.TaskQueue.Task;
import org.jspecify.annotations.Nullable;

/**
 * What any thread of a worker may take: new requests and resumed ones, each first in, first out (P11), and in turns, so
 * that a new request waits for one of ten thousand that are resumed together, and those wait for one of a flood of new
 * ones. Guarded by the worker's lock.
 */
final class SharedTasks {
    private final TaskRing fresh = new TaskRing();
    private final TaskRing resumed = new TaskRing();
    private boolean resumedNext;

    int size() {
        return fresh.size() + resumed.size();
    }

    void add(Task task, long number) {
        fresh.add(task, number);
    }

    void again(Task task, long number) {
        resumed.add(task, number);
    }

    /** The sequence number of the oldest; {@link Long#MAX_VALUE} if there is none. */
    long first() {
        return Math.min(fresh.first(), resumed.first());
    }

    /** Takes the next one, or {@code null}. */
    @Nullable
    Task poll() {
        boolean takesResumed = resumed.size() > 0 && (resumedNext || fresh.size() == 0);
        resumedNext = !takesResumed;
        return (takesResumed ? resumed : fresh).poll();
    }
}
