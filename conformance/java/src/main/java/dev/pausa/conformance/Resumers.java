package dev.pausa.conformance;

import dev.pausa.wsgi.Resume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Threads that each call every resume they are given, after a random moment, and keep what it returned. */
final class Resumers {
    /** Ends a thread. */
    private static final Resume STOP = new Resume() {
        @Override
        public boolean resume() {
            return false;
        }

        @Override
        public boolean pending() {
            return false;
        }
    };

    private final List<BlockingQueue<Resume>> queues = new ArrayList<>();
    private final List<List<Boolean>> returned = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    Resumers(int count) {
        for (int i = 0; i < count; i++) {
            BlockingQueue<Resume> queue = new LinkedBlockingQueue<>();
            List<Boolean> results = new ArrayList<>();
            queues.add(queue);
            returned.add(results);
            threads.add(Thread.ofPlatform().daemon().start(() -> run(queue, results)));
        }
    }

    void give(Resume resume) {
        queues.forEach(queue -> queue.add(resume));
    }

    /** How many resumes were given, and for how many of them exactly one call returned true; ends the threads. */
    String tally() throws InterruptedException {
        give(STOP);
        for (Thread thread : threads) {
            thread.join();
        }
        int epochs = returned.getFirst().size();
        int one = 0;
        for (int i = 0; i < epochs; i++) {
            int epoch = i;
            one += returned.stream().filter(results -> results.get(epoch)).count() == 1 ? 1 : 0;
        }
        return "{\"epochs\":" + epochs + ",\"one\":" + one + "}";
    }

    /** Nothing, parks for a moment, or spins for some microseconds. */
    static void linger() {
        double choice = ThreadLocalRandom.current().nextDouble();
        if (choice < 0.1) {
            LockSupport.parkNanos(1);
        } else if (choice < 0.6) {
            long until = System.nanoTime() + (long) (choice * 20_000);
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        }
    }

    private static void run(BlockingQueue<Resume> queue, List<Boolean> results) {
        try {
            for (Resume resume = queue.take(); resume != STOP; resume = queue.take()) {
                linger();
                results.add(resume.resume());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
