package dev.pausa.server;

import dev.pausa.exchange.TaskQueue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run one copy of an application (D11), and their queues. New and resumed requests go to those that all
 * threads share, further tasks of a request to the queue of the thread that it is bound to (P38); a thread takes what is
 * older there than all that is shared, but tasks of its requests that a slow client had stalled first.
 *
 * <p>Waking a thread costs more than a small request, and where a GIL lets one thread run at a time, a second one that
 * wakes only waits. So a new request wakes at most one idle thread, and none while one is on its way; a thread that came
 * and finds more than it takes wakes the next.
 *
 * <p>Thread-safe. Nothing waits under the lock, and the guard is never called under it.
 */
public final class Worker implements TaskQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final SharedTasks shared = new SharedTasks();
    private final ArrayDeque<WorkerThread> idle = new ArrayDeque<>();
    private final WorkerThread[] threads;
    private final List<Runnable> whenIdle = new CopyOnWriteArrayList<>();
    private long sequence;
    private boolean searching;
    private boolean stopping;
    private volatile int waiting;

    /**
     * Starts the threads.
     *
     * @param threads how many, at least 1
     * @param stackSize bytes of stack for each; 0 for the JVM's default. CPython wants 16 MiB
     * @param guard called around the threads' work
     */
    public Worker(int threads, long stackSize, ThreadGuard guard) {
        if (threads < 1) {
            throw new IllegalArgumentException("a worker needs a thread: " + threads);
        }
        this.threads = new WorkerThread[threads];
        for (int i = 0; i < threads; i++) {
            this.threads[i] = new WorkerThread(this, guard, i + 1, stackSize);
        }
        for (WorkerThread thread : this.threads) {
            thread.start();
        }
    }

    @Override
    public void start(Task task) {
        WorkerThread woken;
        lock.lock();
        try {
            add(task);
            woken = search();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /**
     * Queues the first tasks of requests for threads that are awake; {@link #wake} must follow.
     *
     * @param tasks the first {@code count} elements are taken out
     */
    public void offer(@Nullable Task[] tasks, int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                add(Objects.requireNonNull(tasks[i]));
                tasks[i] = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Task task) {
        shared.add(task, sequence++);
        waiting = shared.size();
    }

    /** Tasks that any thread may take. */
    public int waiting() {
        return waiting;
    }

    /** Has each thread that finds nothing to do call {@code action} before it waits. */
    public void whenIdle(Runnable action) {
        whenIdle.add(action);
    }

    /** A thread of this worker found nothing to do. */
    void idles() {
        for (Runnable action : whenIdle) {
            action.run();
        }
    }

    /** Wakes a thread for what was offered, if it is still there and nobody is on the way. */
    public void wake() {
        WorkerThread woken;
        lock.lock();
        try {
            woken = search();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    @Override
    public void again(Task task, @Nullable Home home) {
        WorkerThread thread = (WorkerThread) home;
        WorkerThread woken;
        lock.lock();
        try {
            if (thread != null && thread.add(task, sequence)) {
                sequence++;
                woken = idle.remove(thread) ? thread : null;
            } else {
                shared.again(task, sequence++);
                waiting = shared.size();
                woken = search();
            }
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    @Override
    public boolean contended(Home home) {
        return waiting > 0 || ((WorkerThread) home).waiting() > 0;
    }

    /** Lets the threads end as soon as nothing is queued. Tasks that are queued later may never run. */
    public void stop() {
        lock.lock();
        try {
            stopping = true;
            idle.clear();
        } finally {
            lock.unlock();
        }
        for (WorkerThread thread : threads) {
            wake(thread);
        }
    }

    /**
     * Waits until every thread has ended after {@link #stop}.
     *
     * @return whether they all did; one that is inside of the application may not
     */
    public boolean awaitStopped(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        for (WorkerThread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    /** How many threads have no task at this moment. */
    public int idleThreads() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    /** The next task for {@code thread}, or {@code null}. */
    @Nullable
    Task poll(WorkerThread thread) {
        WorkerThread woken = null;
        lock.lock();
        try {
            boolean arrived = thread.arrived();
            if (arrived) {
                searching = false;
            }
            Task task = thread.poll(shared.first());
            boolean leaves = task == null && leaveToOthers(thread);
            if (task == null && !leaves) {
                task = shared.poll();
                waiting = shared.size();
            }
            if (arrived || leaves) {
                woken = search();
            }
            return task;
        } finally {
            lock.unlock();
            wake(woken);
        }
    }

    /** Whether {@code thread} may wait: it is idle from then on, until somebody takes it off that list and wakes it. */
    Rest rest(WorkerThread thread) {
        lock.lock();
        try {
            if (thread.waiting() > 0 || (shared.size() > 0 && !searching)) {
                return Rest.WORK;
            }
            if (stopping) {
                return Rest.END;
            }
            idle.push(thread);
            return Rest.WAIT;
        } finally {
            lock.unlock();
        }
    }

    /** {@code thread} runs nothing any more: it was stopped, or its guard failed. Others do what it would have done. */
    void ended(WorkerThread thread) {
        WorkerThread woken;
        lock.lock();
        try {
            idle.remove(thread);
            searching &= !thread.arrived();
            for (Task task = thread.end(); task != null; task = thread.end()) {
                shared.again(task, sequence++);
            }
            waiting = shared.size();
            woken = search();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /** What a thread without a task does. */
    enum Rest {
        WAIT,
        WORK,
        END
    }

    /** A thread that owns stalled requests takes a new one only if no other is idle (P38). */
    private boolean leaveToOthers(WorkerThread thread) {
        return thread.ownsStalled() && (searching || free() != null);
    }

    /**
     * Takes a thread off the idle list to look for a shared task, if there is one and nobody looks; by preference a thread
     * that owns no stalled request.
     */
    private @Nullable WorkerThread search() {
        if (searching || shared.size() == 0) {
            return null;
        }
        WorkerThread thread = free();
        if (thread == null) {
            thread = idle.peek();
        }
        if (thread != null) {
            idle.remove(thread);
            thread.arrives();
            searching = true;
        }
        return thread;
    }

    private @Nullable WorkerThread free() {
        for (WorkerThread each : idle) {
            if (!each.ownsStalled()) {
                return each;
            }
        }
        return null;
    }

    private static void wake(@Nullable WorkerThread thread) {
        if (thread != null) {
            thread.wake();
        }
    }
}
