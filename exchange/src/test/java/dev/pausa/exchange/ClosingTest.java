package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.exchange.PausePolicy.Affinity;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** close(), clients that leave, cuts and threads: P25 to P38. */
class ClosingTest {
    private static final String LONG_503 = "head 503 length 24, write 503 Service Unavailable\n, end";

    private final Rig rig = new Rig();
    private final List<Resume> resumes = new ArrayList<>();
    private int step;

    private Application parking(String first) {
        return rig.steps(() -> {
            if (step++ == 0) {
                resumes.add(rig.pause());
                return first;
            }
            return null;
        });
    }

    @Test
    void p25ADisconnectBeforeTheFirstNextCloses() {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of());
            rig.on(Event.DISCONNECTED);
            return rig.body(() -> "x");
        });
        assertEquals("close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p25ADisconnectBeforeStepZeroCallsNothing() {
        rig.begin(parking("x"));
        rig.on(Event.DISCONNECTED);
        rig.run();
        assertEquals("released DISCONNECT", rig.story());
    }

    @Test
    void p26ADisconnectWhileParkedCloses() {
        rig.serve(parking(""));
        rig.on(Event.DISCONNECTED);
        assertFalse(resumes.getFirst().resume());
        assertEquals(CloseReason.DISCONNECT, rig.exchange().closeReason());
        rig.run();
        assertEquals("step, flush, parked, unparked, queued, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p27ADisconnectDuringAStepDropsItsOutput() {
        rig.serve(rig.steps(() -> {
            rig.on(Event.DISCONNECTED);
            return "dropped";
        }));
        assertEquals("step, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p28HalfClosureWhileParkedIsADisconnect() {
        rig.serve(parking(""));
        rig.on(Event.HALF_CLOSED);
        rig.run();
        assertEquals(
                "step, flush, parked, unparked, abort, queued, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p28HalfClosureDuringAStepIsRememberedUntilItWouldPark() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                rig.on(Event.HALF_CLOSED);
                assertEquals(CloseReason.HALF_CLOSED, rig.exchange().closeReason());
                return "abc";
            }
            rig.pause();
            return "def";
        }));
        assertEquals(
                "step, head 200, write abc, step, write def, abort, close DISCONNECT, released DISCONNECT",
                rig.story());
    }

    @Test
    void p28HalfClosureLeavesAResponseThatEndsAlone() {
        rig.serve(rig.steps(() -> {
            rig.on(Event.HALF_CLOSED);
            return step++ == 0 ? "abc" : null;
        }));
        assertEquals("step, head 200, write abc, step, end, close END", rig.story());
    }

    @Test
    void p28AnOptionKeepsParkedRequests() {
        rig.policy(new PausePolicy(true, null, Affinity.AUTO, true)).serve(parking(""));
        rig.on(Event.HALF_CLOSED);
        assertTrue(rig.exchange().parked());
        assertEquals(CloseReason.HALF_CLOSED, rig.exchange().closeReason());
        resumes.getFirst().resume();
        rig.run();
        assertTrue(rig.story().endsWith("end, close END"), rig.story());
    }

    @Test
    void p29WhatCloseRaisesIsTold() {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of());
            return new Body() {
                @Override
                public @Nullable ByteBuffer next() {
                    return null;
                }

                @Override
                public void close() throws Exception {
                    throw new Exception("stuck");
                }
            };
        });
        rig.on(Event.FLUSHED);
        assertEquals("head 200 length 0, end, close failed: stuck, released END", rig.story());
    }

    @Test
    void p30TheReasonIsKnownInsideTheRunningStep() {
        rig.serve(rig.steps(() -> {
            assertNull(rig.exchange().closeReason());
            rig.exchange().cut(CloseReason.SHUTDOWN);
            assertEquals(CloseReason.SHUTDOWN, rig.exchange().closeReason());
            return "dropped";
        }));
        assertEquals("step, " + LONG_503 + ", close SHUTDOWN", rig.story());
    }

    @Test
    void p32OnExpiryA503IfNothingWasSent() {
        rig.policy(new PausePolicy(true, Duration.ofSeconds(1), Affinity.AUTO, false))
                .serve(parking(""));
        rig.pass(999);
        assertTrue(rig.exchange().parked());
        rig.pass(1);
        rig.run();
        rig.on(Event.FLUSHED);
        assertEquals(
                "step, flush, parked, unparked, " + LONG_503 + ", queued, close TIMEOUT, released TIMEOUT",
                rig.story());
        assertFalse(resumes.getFirst().resume());
    }

    @Test
    void p32OnExpiryAnAbnormalEndIfDataWasSent() {
        rig.policy(new PausePolicy(true, Duration.ofSeconds(1), Affinity.AUTO, false))
                .serve(parking("abc"));
        rig.pass(1000);
        rig.run();
        assertTrue(rig.story().endsWith("unparked, abort, queued, close TIMEOUT, released TIMEOUT"), rig.story());
    }

    @Test
    void p32AResumeDisarmsTheBound() {
        rig.policy(new PausePolicy(true, Duration.ofSeconds(1), Affinity.AUTO, false))
                .serve(parking(""));
        assertEquals(1, rig.armed());
        resumes.getFirst().resume();
        assertEquals(0, rig.armed());
    }

    @Test
    void p35OnlyAParkedRequestIsCutIfParked() {
        rig.serve(parking(""));
        resumes.getFirst().resume();
        assertFalse(rig.exchange().cutIfParked(CloseReason.SHUTDOWN));
        rig.pause();
        assertTrue(rig.exchange().cutIfParked(CloseReason.SHUTDOWN));
        rig.run();
        assertEquals(
                "Retry-After",
                rig.head == null ? "" : rig.head.headers().getLast().name());
        assertThrows(IllegalArgumentException.class, () -> rig.exchange().cut(CloseReason.END));
    }

    @Test
    void onlyARequestThatNobodyTookIsCutIfWaiting() {
        rig.begin(parking("x"));
        assertTrue(rig.exchange().cutIfWaiting(CloseReason.TIMEOUT));
        assertFalse(rig.exchange().cutIfWaiting(CloseReason.TIMEOUT));
        rig.run();
        rig.on(Event.FLUSHED);
        assertEquals(LONG_503 + ", released TIMEOUT", rig.story());
        assertEquals(
                "Retry-After",
                rig.head == null ? "" : rig.head.headers().getLast().name());
    }

    @Test
    void aRequestThatIsQueuedAgainIsNotCutIfWaiting() {
        rig.serve(parking(""));
        resumes.getFirst().resume();
        assertFalse(rig.exchange().cutIfWaiting(CloseReason.TIMEOUT));
        rig.run();
        assertEquals("step, flush, parked, unparked, queued, step, head 200 length 0, end, close END", rig.story());
    }

    @Test
    void p35ACompleteResponseThatIsStillOnItsWayIsAbortedByACut() {
        rig.serve(rig.steps(() -> null));
        rig.exchange().cut(CloseReason.SHUTDOWN);
        rig.exchange().cut(CloseReason.SHUTDOWN);
        assertEquals("step, head 200 length 0, end, close END, abort, released SHUTDOWN", rig.story());
    }

    @Test
    void p38AllTasksFromParkToParkRunOnOneThread() {
        rig.begin(rig.steps(() -> switch (step++) {
            case 0 -> "";
            case 1 -> {
                resumes.add(rig.pause());
                yield "";
            }
            default -> "";
        }));
        rig.runOne(rig.second);
        assertEquals("step, queued for second", rig.story());
        rig.run();
        rig.log.clear();
        resumes.getFirst().resume();
        rig.runOne(rig.first);
        assertEquals("unparked, queued, step, queued for first", rig.story());
    }

    @Test
    void p38TheBindingCanBeAlwaysOrNever() {
        rig.policy(new PausePolicy(true, null, Affinity.ALWAYS, false)).serve(parking(""));
        resumes.getFirst().resume();
        assertTrue(rig.story().endsWith("queued for first"), rig.story());
        var never = new Rig().policy(new PausePolicy(true, null, Affinity.NEVER, false));
        never.serve(never.steps(() -> step++ < 2 ? "" : null));
        assertTrue(never.story().contains("queued, step"), never.story());
    }

    @Test
    void p38ACloseFromOutsideRunsOnTheHomeOfAStalledRequest() {
        rig.duringWrite = Event.CONGESTED;
        rig.serve(rig.steps(() -> "abc"));
        assertEquals("step, head 200, write abc, stalled", rig.story());
        assertEquals(1, rig.first.stalled);
        rig.on(Event.DISCONNECTED);
        assertEquals(0, rig.first.stalled);
        assertEquals("step, head 200, write abc, stalled, queued for first", rig.story());
    }

    @Test
    void aWritableClientIsSteppedAgain() {
        rig.duringWrite = Event.CONGESTED;
        rig.serve(rig.steps(() -> step++ == 0 ? "abc" : null));
        rig.on(Event.WRITABLE);
        rig.run();
        assertEquals("step, head 200, write abc, stalled, queued for first, step, end, close END", rig.story());
    }

    @Test
    void otherRequestsGetTheirTurnAfterASlice() {
        rig.contended = true;
        rig.serve(rig.steps(() -> step++ < 40 ? "x" : null));
        assertEquals(
                2, rig.log.stream().filter(line -> line.startsWith("queued")).count());
    }

    @Test
    void slowStepsAreASliceSooner_P11() {
        rig.contended = true;
        rig.serve(rig.steps(() -> {
            rig.pass(2);
            return step++ < 6 ? "x" : null;
        }));
        assertEquals(
                3, rig.log.stream().filter(line -> line.startsWith("queued")).count());
    }
}
