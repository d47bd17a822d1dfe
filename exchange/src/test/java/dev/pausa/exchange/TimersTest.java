package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Resume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Timers (P31) and the audit of swallowed boundaries (P15, P43). */
class TimersTest {
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final Rig rig = new Rig();
    private final List<CallLater.Timer> timers = new ArrayList<>();
    private int step;

    @Test
    void p31ATimerResumes() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                timers.add(rig.callLater().after(MILLISECOND, rig.pause()));
                return "";
            }
            return null;
        }));
        assertTrue(rig.exchange().parked());
        rig.pass(1);
        rig.run();
        assertEquals(2, step);
        assertFalse(timers.getFirst().cancel());
    }

    @Test
    void p31ACallbackIsATaskAlsoWhileParked() {
        rig.serve(rig.steps(() -> {
            rig.pause();
            rig.callLater().after(MILLISECOND, () -> rig.log.add("callback"));
            return "";
        }));
        rig.pass(1);
        rig.run();
        assertEquals("step, flush, parked, unparked, queued, callback, flush, parked", rig.story());
    }

    @Test
    void p31ACallbackWaitsForTheStepAndGoesBeforeTheNext() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                rig.callLater().after(MILLISECOND, () -> rig.log.add("callback"));
                rig.pass(1);
                return "x";
            }
            return null;
        }));
        assertEquals("step, head 200, write x, callback, step, end, close END", rig.story());
    }

    @Test
    void p31CancelledMeansThatItNeverRuns() {
        rig.serve(rig.steps(() -> {
            rig.pause();
            timers.add(rig.callLater().after(MILLISECOND, () -> rig.log.add("never")));
            timers.add(rig.callLater().after(MILLISECOND, () -> rig.log.add("never")));
            return "";
        }));
        assertTrue(timers.get(0).cancel());
        assertFalse(timers.get(0).cancel());
        rig.pass(1);
        assertTrue(timers.get(1).cancel(), "due, but not begun");
        rig.run();
        assertFalse(rig.story().contains("never"));
        assertTrue(rig.exchange().parked());
    }

    @Test
    void p31TimersDieWithTheRequest() {
        rig.serve(rig.steps(() -> {
            timers.add(rig.callLater().after(MILLISECOND, () -> rig.log.add("never")));
            return null;
        }));
        assertEquals(0, rig.armed());
        assertFalse(timers.getFirst().cancel());
        assertFalse(rig.callLater().after(MILLISECOND, () -> {}).cancel());
    }

    @Test
    void p31WhatACallbackRaisesIsAnErrorOfTheApplication() {
        rig.serve(rig.steps(() -> {
            rig.pause();
            rig.callLater().after(MILLISECOND, () -> {
                throw new Exception("boom");
            });
            return "abc";
        }));
        rig.pass(1);
        rig.run();
        assertTrue(rig.story().endsWith("failed: boom, abort, close ERROR, released ERROR"), rig.story());
    }

    @Test
    void p31NegativeDelaysAreRefusedAndLongOnesNot() {
        rig.serve(rig.steps(() -> {
            rig.pause();
            return "";
        }));
        CallLater later = rig.callLater();
        assertThrows(IllegalArgumentException.class, () -> later.after(Duration.ofMillis(-1), () -> {}));
        assertTrue(later.after(Duration.ofSeconds(Long.MAX_VALUE), () -> {}).cancel());
    }

    @Test
    void p43ReadingPendingRightAfterPausingIsNoSwallowedBoundary() {
        rig.serve(rig.steps(() -> {
            Resume resume = rig.pause();
            assertTrue(resume.pending());
            assertTrue(resume.pending());
            return "";
        }));
        assertEquals("step, flush, parked", rig.story());
    }

    @Test
    void p43GoingOnWithAPendingResumeIsToldOnce() {
        rig.serve(rig.steps(() -> {
            if (step++ == 2) {
                return null;
            }
            Resume resume = rig.pause();
            for (int slice = 0; slice < 3; slice++) {
                assertTrue(resume.pending());
                rig.pass(1000);
            }
            resume.resume();
            return "x";
        }));
        assertTrue(rig.story().startsWith("step, swallowed by a body, head 200, write x"), rig.story());
        assertEquals(
                1, rig.log.stream().filter(line -> line.startsWith("swallowed")).count());
    }

    @Test
    void p43AStepThatGoesOnAfterOneReadingIsTold() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                Resume resume = rig.pause();
                assertTrue(resume.pending());
                rig.pass(100);
                resume.resume();
                return "x";
            }
            return null;
        }));
        assertEquals("step, head 200, write x, swallowed by a body, step, end, close END", rig.story());
    }
}
