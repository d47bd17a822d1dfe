package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.exchange.PausePolicy.Affinity;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Resume;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Pauses and resumes: P1 to P16. */
class PausingTest {
    private final Rig rig = new Rig();
    private final List<Resume> resumes = new ArrayList<>();
    private int step;

    /** Pauses in each of the first {@code pauses} steps, yielding nothing; then one chunk and the end. */
    private Application pausing(int pauses) {
        return rig.steps(() -> {
            if (step++ < pauses) {
                resumes.add(rig.pause());
                return "";
            }
            return step == pauses + 1 ? "x" : null;
        });
    }

    @Test
    void p1TheKeyIsAbsentWhereThisServerDoesNotPark() {
        rig.policy(new PausePolicy(false, null, Affinity.AUTO, false)).serve(pausing(0));
        assertNull(rig.environ.get(Environ.PAUSE_OUTPUT));
        assertFalse(rig.environ.containsKey("wsgi.pause_output"));
    }

    @Test
    void p4APauseTakesEffectWhenTheStepReturns() {
        rig.serve(pausing(1));
        assertTrue(rig.exchange().parked());
        assertEquals("step, flush, parked", rig.story());
    }

    @Test
    void p4APauseOutsideAStepTakesAReadyStepBack() {
        rig.serve(pausing(1));
        rig.log.clear();
        resumes.getFirst().resume();
        assertEquals(1, rig.queue.size());
        Resume late = rig.pause();
        assertTrue(rig.exchange().parked());
        rig.run();
        assertTrue(rig.exchange().parked());
        assertEquals("unparked, queued, parked", rig.story());
        late.resume();
        rig.run();
        assertEquals(
                "unparked, queued, parked, unparked, queued, step, head 200, write x, step, end, close END",
                rig.story());
    }

    @Test
    void p4AVoidEntryIsUsedAgain() {
        rig.serve(pausing(1));
        resumes.getFirst().resume();
        rig.pause().resume();
        assertEquals(1, rig.queue.size());
        rig.run();
        assertEquals(3, step);
    }

    @Test
    void p5AfterClosingBeganAndInsideCloseAResumeIsDead() {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of());
            return new dev.pausa.wsgi.Body() {
                @Override
                public java.nio.@Nullable ByteBuffer next() {
                    return null;
                }

                @Override
                public void close() {
                    resumes.add(rig.pause());
                }
            };
        });
        rig.on(Event.FLUSHED);
        resumes.add(rig.pause());
        for (Resume dead : resumes) {
            assertFalse(dead.pending());
            assertFalse(dead.resume());
        }
        assertEquals(2, resumes.size());
    }

    @Test
    void p6p7FurtherPausesJoinAndAnyResumeEndsTheEpoch() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                resumes.add(rig.pause());
                resumes.add(rig.pause());
                return "";
            }
            return null;
        }));
        assertTrue(resumes.get(0).pending() && resumes.get(1).pending());
        assertTrue(resumes.get(1).resume());
        assertFalse(resumes.get(0).pending() || resumes.get(1).pending());
        assertFalse(resumes.get(0).resume());
        rig.run();
        assertEquals(2, step);
    }

    @Test
    void p8AStaleResumeDoesNotTouchALaterEpoch() {
        rig.serve(pausing(2));
        assertTrue(resumes.get(0).resume());
        assertFalse(resumes.get(0).resume());
        rig.run();
        assertTrue(rig.exchange().parked());
        assertFalse(resumes.get(0).resume());
        assertFalse(resumes.get(0).pending());
        assertTrue(resumes.get(1).pending());
        assertTrue(rig.exchange().parked());
    }

    @Test
    void p10AResumeBeforeTheYieldIsRemembered() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                assertTrue(rig.pause().resume());
                return "";
            }
            return step == 2 ? "x" : null;
        }));
        assertEquals("step, queued for first, step, head 200, write x, step, end, close END", rig.story());
    }

    @Test
    void p11AResumeQueuesAndRunsNothing() {
        rig.serve(pausing(1));
        resumes.getFirst().resume();
        assertEquals(1, step);
        assertEquals(1, rig.queue.size());
    }

    @Test
    void p13AResumeHoldsNothingOfARequestThatEnded() {
        rig.serve(pausing(1));
        resumes.getFirst().resume();
        rig.run();
        rig.on(Event.FLUSHED);
        assertFalse(resumes.getFirst().resume());
        var exchange = new WeakReference<>(rig.exchange());
        Resume kept = new Alone().make();
        for (int i = 0; i < 50 && !kept.toString().isEmpty() && Alone.LAST.get() != null; i++) {
            System.gc();
        }
        assertNull(Alone.LAST.get());
        assertSame(rig.exchange(), exchange.get());
    }

    /** Makes a resume whose request nobody else holds. */
    private static final class Alone {
        static WeakReference<Exchange> LAST = new WeakReference<>(null);

        Resume make() {
            var lone = new Rig();
            List<Resume> made = new ArrayList<>();
            lone.serve((environ, start) -> {
                made.add(lone.pause());
                start.start("200 OK", List.of());
                return dev.pausa.wsgi.Body.of();
            });
            lone.on(Event.DISCONNECTED);
            lone.run();
            LAST = new WeakReference<>(lone.exchange());
            return made.getFirst();
        }
    }

    @Test
    void p14OnceClosingWonAResumeIsRefusedAndAReadyStepDropped() {
        rig.serve(pausing(1));
        resumes.getFirst().resume();
        rig.on(Event.DISCONNECTED);
        rig.run();
        assertEquals(1, step);
        assertEquals("step, flush, parked, unparked, queued, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p15PendingTurnsFalseWhenAReasonIsKnown() {
        rig.serve(rig.steps(() -> {
            Resume resume = rig.pause();
            assertTrue(resume.pending());
            rig.on(Event.DISCONNECTED);
            assertFalse(resume.pending());
            return "";
        }));
        assertEquals("step, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p16WhenTheLastResumeIsDroppedTheEpochEndsAndTheServerBacksOff() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                resumes.add(rig.pause());
                resumes.add(rig.pause());
                return "";
            }
            return null;
        }));
        resumes.get(0).dropped();
        resumes.get(0).dropped();
        assertTrue(rig.exchange().parked());
        resumes.get(1).dropped();
        assertFalse(rig.exchange().parked());
        assertEquals("step, flush, parked, unparked, leaked", rig.story());
        assertEquals(0, rig.queue.size());
        rig.pass(1);
        rig.run();
        assertEquals(
                "step, flush, parked, unparked, leaked, queued, step, end, close END",
                rig.story().replace("head 200 length 0, ", ""));
    }

    @Test
    void p16AnArmedTimerHoldsItsResume() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                Resume resume = rig.pause();
                rig.callLater().after(java.time.Duration.ofMillis(10), resume);
                resume.dropped();
                return "";
            }
            return null;
        }));
        assertTrue(rig.exchange().parked());
        rig.pass(10);
        rig.run();
        assertEquals(2, step);
        assertFalse(rig.story().contains("leaked"));
    }

    @Test
    void p16LeaksInARowBackOffLongerAndLonger() {
        rig.serve(rig.steps(() -> {
            step++;
            rig.pause().dropped();
            return "";
        }));
        for (int millis = 0; millis < 1000; millis++) {
            rig.pass(1);
            rig.run();
        }
        assertTrue(step < 40, () -> step + " steps in a second");
        assertTrue(step > 20, () -> step + " steps in a second");
    }
}
