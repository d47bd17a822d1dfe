package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Real threads: workers, resumers, a transport that is slow at random, timers, clients that leave and a server that cuts,
 * at random times around the yield. The enumeration cannot see a driver that acts before it changes state; this can.
 */
class StressTest {
    private static final int EXCHANGES = 20_000;
    private static final int STEPS = 8;

    private final StressPorts ports = new StressPorts(3, 2);
    private final CountDownLatch released = new CountDownLatch(EXCHANGES);
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong stepsOfEnded = new AtomicLong();

    @AfterEach
    void stop() {
        ports.close();
    }

    @Test
    void everyExchangeIsReleasedOnce() throws Exception {
        var room = new Semaphore(500);
        List<StressRequest> requests = new ArrayList<>(EXCHANGES);
        var random = new SplittableRandom(20_040);
        for (int i = 0; i < EXCHANGES; i++) {
            room.acquire();
            var request = new StressRequest(ports, random.split(), STEPS, () -> {
                room.release();
                released.countDown();
            });
            requests.add(request);
            request.begin();
        }
        assertTrue(released.await(40, TimeUnit.SECONDS), () -> released.getCount() + " were never released");
        for (StressRequest request : requests) {
            request.check();
            if (request.reason() == CloseReason.END) {
                ended.incrementAndGet();
                stepsOfEnded.addAndGet(request.steps());
            }
        }
        assertEquals(ended.get() * STEPS, stepsOfEnded.get());
        assertTrue(ended.get() > EXCHANGES / 4, () -> "only " + ended + " came to their end");
    }
}
