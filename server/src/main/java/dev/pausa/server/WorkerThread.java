package dev.pausa.server;

import dev.pausa.exchange.TaskQueue;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of a {@link Worker}, and the queue of what is bound to it. */
final class WorkerThread implements TaskQueue.Home {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    private final Worker worker;
    private final ThreadGuard guard;
    private final Thread thread;
    private final AtomicInteger stalled = new AtomicInteger();

    // Guarded by the worker's lock, but for reads of waiting.
    private final TaskRing bound = new TaskRing();
    private final TaskRing released = new TaskRing();
    private boolean arriving;
    private boolean ended;
    private volatile int waiting;

    /** Tasks to come that belong to requests which were stalled: they go first (P38). */
    private final AtomicInteger returning = new AtomicInteger();

    private volatile boolean woken;

    WorkerThread(Worker worker, ThreadGuard guard, int number, long stackSize) {
        this.worker = worker;
        this.guard = guard;
        this.thread = Thread.ofPlatform()
                .name("pausa-worker-" + number)
                .stackSize(stackSize)
                .daemon()
                .unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    boolean join(Duration timeout) throws InterruptedException {
        return thread.join(timeout);
    }

    @Override
    public void stalled(int change) {
        stalled.addAndGet(change);
        if (change < 0) {
            returning.addAndGet(-change);
        }
    }

    boolean ownsStalled() {
        return stalled.get() > 0;
    }

    int waiting() {
        return waiting;
    }

    /** Answers whether this thread still lives to run {@code task}. Under the worker's lock. */
    boolean add(TaskQueue.Task task, long number) {
        if (ended) {
            return false;
        }
        boolean first = returning.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
        (first ? released : bound).add(task, number);
        waiting = bound.size() + released.size();
        return true;
    }

    /** The next task bound to this thread, unless one with the number {@code other} goes first. Under the worker's lock. */
    TaskQueue.@Nullable Task poll(long other) {
        TaskQueue.Task task = released.poll();
        if (task == null && bound.first() < other) {
            task = bound.poll();
        }
        waiting = bound.size() + released.size();
        return task;
    }

    /** It will be woken to look for a shared task. Under the worker's lock. */
    void arrives() {
        arriving = true;
    }

    /** Whether it was woken to look for a shared task and has not looked since. Under the worker's lock. */
    boolean arrived() {
        boolean arrived = arriving;
        arriving = false;
        return arrived;
    }

    /** It will run nothing any more; answers the next task that it leaves behind. Under the worker's lock. */
    TaskQueue.@Nullable Task end() {
        ended = true;
        stalled.set(0);
        return poll(Long.MAX_VALUE);
    }

    void wake() {
        woken = true;
        LockSupport.unpark(thread);
    }

    private void live() {
        try {
            guard.begin();
            try {
                work();
            } finally {
                guard.end();
            }
        } catch (Throwable failure) {
            LOG.log(System.Logger.Level.ERROR, "[server] a thread of the worker ended", failure);
        } finally {
            worker.ended(this);
        }
    }

    private void work() {
        while (true) {
            TaskQueue.Task task = worker.poll(this);
            if (task != null) {
                run(task);
                continue;
            }
            worker.idles();
            guard.idle();
            Worker.Rest rest = worker.rest(this);
            if (rest == Worker.Rest.WAIT) {
                await();
            }
            guard.busy();
            if (rest == Worker.Rest.END) {
                return;
            }
        }
    }

    private void await() {
        while (!woken) {
            LockSupport.park(this);
        }
        woken = false;
    }

    private void run(TaskQueue.Task task) {
        try {
            task.run(this);
        } catch (Throwable failure) {
            LOG.log(System.Logger.Level.ERROR, "[server] a task failed outside of the application", failure);
        }
    }
}
