package dev.pausa.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Worker threads with homes, a clock, and threads for whatever happens outside: plain and slow, but correct. */
final class StressPorts implements TaskQueue, Clock, AutoCloseable {
    private final ScheduledExecutorService outside;
    private final List<Worker> workers = new ArrayList<>();
    private final Deque<Task> shared = new ArrayDeque<>();
    private boolean stopped;

    private final class Worker extends Thread implements Home {
        private final Deque<Task> own = new ArrayDeque<>();

        Worker(int number) {
            super("stress-worker-" + number);
            setDaemon(true);
        }

        @Override
        public void stalled(int change) {}

        @Override
        public void run() {
            for (Task task = take(); task != null; task = take()) {
                task.run(this);
            }
        }

        private @Nullable Task take() {
            synchronized (StressPorts.this) {
                while (own.isEmpty() && shared.isEmpty() && !stopped) {
                    try {
                        StressPorts.this.wait();
                    } catch (InterruptedException interrupted) {
                        return null;
                    }
                }
                return own.isEmpty() ? shared.poll() : own.poll();
            }
        }
    }

    StressPorts(int workers, int outside) {
        this.outside = Executors.newScheduledThreadPool(outside, task -> {
            var thread = new Thread(task, "stress-outside");
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < workers; i++) {
            this.workers.add(new Worker(i));
        }
        this.workers.forEach(Thread::start);
    }

    @Override
    public synchronized void start(Task task) {
        shared.add(task);
        notifyAll();
    }

    @Override
    public synchronized void again(Task task, @Nullable Home home) {
        if (home instanceof Worker worker) {
            worker.own.add(task);
        } else {
            shared.add(task);
        }
        notifyAll();
    }

    @Override
    public synchronized boolean contended(Home home) {
        return !shared.isEmpty();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Alarm after(long nanos, Runnable action) {
        ScheduledFuture<?> future = outside.schedule(action, nanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    /** Runs it on another thread, soon. */
    void soon(int micros, Runnable action) {
        if (micros == 0) {
            outside.execute(action);
        } else {
            outside.schedule(action, micros, TimeUnit.MICROSECONDS);
        }
    }

    @Override
    public synchronized void close() {
        stopped = true;
        outside.shutdownNow();
        notifyAll();
    }
}
