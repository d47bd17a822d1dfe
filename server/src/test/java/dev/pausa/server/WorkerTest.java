package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.exchange.TaskQueue;
import dev.pausa.exchange.TaskQueue.Home;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkerTest {
    private static final Duration LONG = Duration.ofSeconds(5);

    @Test
    void runsTasksOnNamedDaemonThreads() throws Exception {
        Worker worker = new Worker(1, 1 << 20, ThreadGuard.NONE);
        var seen = new SynchronousQueue<Thread>();
        worker.start(home -> put(seen, Thread.currentThread()));
        Thread thread = seen.poll(5, TimeUnit.SECONDS);
        assertEquals("pausa-worker-1", thread.getName());
        assertTrue(thread.isDaemon());
        worker.stop();
        assertTrue(worker.awaitStopped(LONG));
    }

    @Test
    void servesTheOlderOfTheSharedAndTheBoundQueue() throws Exception {
        Worker worker = new Worker(1, 0, ThreadGuard.NONE);
        List<String> order = new ArrayList<>();
        var done = new CountDownLatch(4);
        worker.start(home -> {
            worker.start(here -> note(order, "a", done));
            worker.again(here -> note(order, "b", done), home);
            worker.start(here -> note(order, "c", done));
            worker.again(here -> note(order, "d", done), home);
        });
        assertTrue(done.await(5, TimeUnit.SECONDS));
        assertEquals(List.of("a", "b", "c", "d"), order);
        worker.stop();
    }

    @Test
    void newAndResumedRequestsTakeTurns_eachInOrder_P11() throws Exception {
        Worker worker = new Worker(1, 0, ThreadGuard.NONE);
        List<String> order = new ArrayList<>();
        var done = new CountDownLatch(7);
        worker.start(home -> {
            for (String resumed : List.of("r1", "r2", "r3", "r4")) {
                worker.again(here -> note(order, resumed, done), null);
            }
            for (String fresh : List.of("n1", "n2")) {
                worker.start(here -> note(order, fresh, done));
            }
            worker.again(here -> note(order, "bound", done), home); // behind all that is older
        });
        assertTrue(done.await(5, TimeUnit.SECONDS));
        assertEquals(List.of("r1", "n1", "r2", "n2", "r3", "r4", "bound"), order);
        worker.stop();
    }

    @Test
    void whatIsOfferedRunsAtTheLatestWhenAThreadIsWoken() throws Exception {
        Worker worker = new Worker(2, 0, ThreadGuard.NONE);
        for (int round = 0; round < 10_000; round++) {
            var done = new CountDownLatch(3);
            TaskQueue.@Nullable Task[] offered = {here -> done.countDown(), here -> done.countDown(), null};
            worker.offer(offered, 2);
            offered[0] = here -> done.countDown();
            worker.offer(offered, 1);
            worker.wake();
            assertTrue(done.await(5, TimeUnit.SECONDS));
        }
        worker.wake(); // for nothing
        worker.stop();
        assertTrue(worker.awaitStopped(LONG));
    }

    @Test
    void whatWasStalledGoesBeforeNewRequests_P38() throws Exception {
        Worker worker = new Worker(1, 0, ThreadGuard.NONE);
        List<String> order = new ArrayList<>();
        var done = new CountDownLatch(3);
        worker.start(home -> {
            home.stalled(1);
            worker.start(here -> note(order, "new", done));
            worker.again(here -> note(order, "bound", done), home);
            home.stalled(-1);
            worker.again(here -> note(order, "stalled", done), home);
        });
        assertTrue(done.await(5, TimeUnit.SECONDS));
        assertEquals(List.of("stalled", "new", "bound"), order);
        worker.stop();
    }

    @Test
    void threadsThatOwnStalledRequestsGetNewOnesOnlyIfNoOtherIsIdle_P38() throws Exception {
        Worker worker = new Worker(2, 0, ThreadGuard.NONE);
        var homes = new SynchronousQueue<Home>();
        worker.start(home -> {
            home.stalled(1);
            put(homes, home);
        });
        Home owner = homes.poll(5, TimeUnit.SECONDS);
        for (int i = 0; i < 20; i++) {
            Running.await(() -> worker.idleThreads() == 2);
            worker.start(home -> put(homes, home));
            assertNotEquals(owner, homes.poll(5, TimeUnit.SECONDS));
        }
        var block = new CountDownLatch(1);
        Running.await(() -> worker.idleThreads() == 2);
        worker.start(home -> await(block));
        worker.start(home -> put(homes, home));
        assertEquals(owner, homes.poll(5, TimeUnit.SECONDS));
        block.countDown();
        worker.stop();
    }

    @Test
    void aBlockedThreadDoesNotDelayOthers() throws Exception {
        Worker worker = new Worker(4, 0, ThreadGuard.NONE);
        var block = new CountDownLatch(1);
        var inside = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            worker.start(home -> {
                inside.countDown();
                await(block);
            });
        }
        assertTrue(inside.await(5, TimeUnit.SECONDS));
        var done = new CountDownLatch(1000);
        for (int i = 0; i < 1000; i++) {
            worker.start(home -> done.countDown());
        }
        assertTrue(done.await(5, TimeUnit.SECONDS));
        block.countDown();
        worker.stop();
        assertTrue(worker.awaitStopped(LONG));
    }

    @Test
    void boundTasksRunOnTheirThread_andNoneIsLost() throws Exception {
        Worker worker = new Worker(3, 0, ThreadGuard.NONE);
        var done = new CountDownLatch(300);
        var strays = new AtomicInteger();
        for (int i = 0; i < 300; i++) {
            worker.start(home -> {
                Thread thread = Thread.currentThread();
                hop(worker, home, thread, 20, strays, done);
            });
        }
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertEquals(0, strays.get());
        worker.stop();
    }

    private static void hop(
            Worker worker, Home home, Thread thread, int left, AtomicInteger strays, CountDownLatch done) {
        if (Thread.currentThread() != thread) {
            strays.incrementAndGet();
        }
        if (left == 0) {
            done.countDown();
        } else {
            worker.again(here -> hop(worker, here, thread, left - 1, strays, done), home);
        }
    }

    @Test
    void contendedTellsWhatWaits() throws Exception {
        Worker worker = new Worker(1, 0, ThreadGuard.NONE);
        var answers = new ArrayList<Boolean>();
        var done = new CountDownLatch(1);
        worker.start(home -> {
            answers.add(worker.contended(home));
            worker.start(here -> {});
            answers.add(worker.contended(home));
            worker.again(
                    here -> {
                        answers.add(worker.contended(home));
                        worker.again(h -> done.countDown(), home);
                        answers.add(worker.contended(home));
                    },
                    home);
        });
        assertTrue(done.await(5, TimeUnit.SECONDS));
        assertEquals(List.of(false, true, false, true), answers);
        worker.stop();
    }

    @Test
    void guardIsIdleOnlyWhileWaiting() throws Exception {
        var calls = new ArrayList<String>();
        Worker worker = new Worker(1, 0, recording(calls));
        var done = new CountDownLatch(2);
        Running.await(() -> worker.idleThreads() == 1);
        worker.start(home -> worker.start(here -> done.countDown()));
        worker.start(home -> done.countDown());
        assertTrue(done.await(5, TimeUnit.SECONDS));
        Running.await(() -> worker.idleThreads() == 1);
        worker.stop();
        assertTrue(worker.awaitStopped(LONG));
        assertEquals("begin", calls.getFirst());
        assertEquals("end", calls.getLast());
        for (int i = 1; i < calls.size() - 1; i++) {
            assertEquals(i % 2 == 1 ? "idle" : "busy", calls.get(i), calls.toString());
        }
    }

    @Test
    void aTaskThatThrowsDoesNotEndItsThread() throws Exception {
        Worker worker = new Worker(1, 0, ThreadGuard.NONE);
        var done = new CountDownLatch(1);
        worker.start(home -> {
            throw new AssertionError("thrown by the test: a line in the log is right");
        });
        worker.start(home -> done.countDown());
        assertTrue(done.await(5, TimeUnit.SECONDS));
        worker.stop();
    }

    @Test
    void othersTakeOverFromAThreadWhoseGuardFails() throws Exception {
        var failing = new AtomicReference<@Nullable Thread>();
        Worker worker = new Worker(2, 0, new FailingGuard(failing));
        var homes = new SynchronousQueue<Home>();
        Running.await(() -> worker.idleThreads() == 2);
        worker.start(home -> {
            failing.set(Thread.currentThread());
            put(homes, home);
        });
        Home lost = homes.take();
        Running.await(() -> worker.idleThreads() == 2);
        var done = new CountDownLatch(2);
        // It fails on its way to the first or to the second.
        worker.start(home -> done.countDown());
        worker.again(home -> done.countDown(), lost);
        assertTrue(done.await(5, TimeUnit.SECONDS));
        worker.stop();
        assertTrue(worker.awaitStopped(LONG));
    }

    /** Fails one thread when it is to work again. */
    private record FailingGuard(AtomicReference<@Nullable Thread> failing) implements ThreadGuard {
        @Override
        public void begin() {}

        @Override
        public void idle() {}

        @Override
        public void busy() {
            if (failing.get() == Thread.currentThread()) {
                throw new AssertionError("thrown by the test: a line in the log is right");
            }
        }

        @Override
        public void end() {}
    }

    @Test
    void stopRunsWhatIsQueued() throws Exception {
        Worker worker = new Worker(2, 0, ThreadGuard.NONE);
        var done = new AtomicInteger();
        for (int i = 0; i < 500; i++) {
            worker.start(home -> done.incrementAndGet());
        }
        worker.stop();
        assertTrue(worker.awaitStopped(LONG));
        assertEquals(500, done.get());
    }

    @Test
    void awaitStoppedTellsOfABlockedThread() throws Exception {
        Worker worker = new Worker(1, 0, ThreadGuard.NONE);
        var block = new CountDownLatch(1);
        worker.start(home -> await(block));
        worker.stop();
        assertFalse(worker.awaitStopped(Duration.ofMillis(20)));
        block.countDown();
        assertTrue(worker.awaitStopped(LONG));
    }

    private static ThreadGuard recording(List<String> calls) {
        return new ThreadGuard() {
            @Override
            public void begin() {
                calls.add("begin");
            }

            @Override
            public void idle() {
                calls.add("idle");
            }

            @Override
            public void busy() {
                calls.add("busy");
            }

            @Override
            public void end() {
                calls.add("end");
            }
        };
    }

    private static void note(List<String> order, String what, CountDownLatch done) {
        order.add(what);
        done.countDown();
    }

    private static <T> void put(SynchronousQueue<T> queue, T value) {
        try {
            queue.put(value);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
