package dev.pausa.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * No part of a request costs more than it did: bytes that it allocates, and its CPU time as a multiple of that of a loop
 * of ours in the same run, the least of many short turns. Both are of code that C1 compiled.
 *
 * <p>A part that has become cheaper gets a new baseline, so that the next regression is seen; one that must cost more gets
 * one too, and the commit says why.
 */
class CostTest {
    private static final int TURNS = 40;

    /** Of times, which were seen to be half as much again beside a busy neighbour; the bytes are the same in every run. */
    private static final double TOLERANCE = 2.5;

    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Where results go, so that nothing is optimised away. */
    private static volatile int unused;

    /**
     * What one operation costs.
     *
     * @param bytes that it allocates on Java's heap
     * @param loops its CPU time, as a multiple of that of {@link #loop()}
     */
    private record Cost(long bytes, double loops) {}

    @Test
    void parser() throws Exception {
        var work = new ParserWork();
        hold("a head", new Cost(752, 1.9), 100, 1, () -> work.read().fields());
    }

    @Test
    void exchange() throws Exception {
        var work = new ExchangeWork();
        hold("an exchange", new Cost(1688, 3.2), 100, 1, work::plain);
        hold("a pause", new Cost(351, 0.9), 2, ExchangeWork.PAUSES, work::pausing);
    }

    @Test
    void bridge() throws Exception {
        var task = new FutureTask<Void>(() -> {
            try (var work = new BridgeWork()) {
                assertAll(
                        () -> hold("a call of Python", new Cost(952, 10), 50, 1, work::hello),
                        () -> hold("a chunk from Python", new Cost(114, 0.48), 2, BridgeWork.STEPS, work::chunks),
                        () -> hold("a pause of Python", new Cost(155, 2.3), 2, BridgeWork.STEPS, work::pauses));
            }
            return null;
        });
        new Thread(null, task, "bridge", 16 << 20).start();
        task.get();
    }

    /** Fails if {@code work}, called {@code calls} times a turn, costs more than the baseline for each of its operations. */
    private static void hold(String name, Cost baseline, int calls, int operations, Callable<Integer> work)
            throws Exception {
        for (int i = 0; i < 100 * calls; i++) { // so that all of it is compiled
            work.call();
            loop();
        }
        long bytes = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        long reference = Long.MAX_VALUE;
        for (int turn = 0; turn < TURNS; turn++) {
            long before = THREAD.getCurrentThreadCpuTime();
            for (int i = 0; i < calls; i++) {
                loop();
            }
            long between = THREAD.getCurrentThreadCpuTime();
            long allocated = THREAD.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                unused = work.call();
            }
            bytes = Math.min(bytes, THREAD.getCurrentThreadAllocatedBytes() - allocated);
            nanos = Math.min(nanos, THREAD.getCurrentThreadCpuTime() - between);
            reference = Math.min(reference, between - before);
        }
        var cost = new Cost(bytes / calls / operations, (double) nanos / operations / reference);
        System.out.printf("%s: %d bytes, %.2f loops%n", name, cost.bytes, cost.loops);
        String found = name + " costs " + cost + ", which is more than " + baseline;
        assertTrue(cost.bytes <= baseline.bytes * 1.02 + 8, found);
        assertTrue(cost.loops <= baseline.loops * TOLERANCE, found);
    }

    /** Two microseconds or so of what a processor does all day: loads, compares, adds, multiplies. */
    private static void loop() {
        int hash = 0;
        for (byte one : ParserWork.REQUEST) {
            hash = one < 'a' ? hash * 31 + one : hash + one;
        }
        unused = hash;
    }
}
