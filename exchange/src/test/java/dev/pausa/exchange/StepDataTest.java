package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.StartResponse;
import dev.pausa.wsgi.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a step does with its data: P17 to P24, and Content-Length. */
class StepDataTest {
    private final Rig rig = new Rig();
    private final List<Resume> resumes = new ArrayList<>();
    private int step;

    private static Header length(long bytes) {
        return new Header("Content-Length", Long.toString(bytes));
    }

    private Application answering(Header header, Rig.Steps steps) {
        return (environ, start) -> {
            start.start("200 OK", List.of(header));
            return rig.body(steps);
        };
    }

    @Test
    void p17p18AChunkGoesOutAndAllIsFlushedBeforeItParks() {
        rig.serve(rig.steps(() -> {
            rig.pause();
            return "abc";
        }));
        assertEquals("step, head 200, write abc, flush, parked", rig.story());
    }

    @Test
    void p18AHeadWithoutDataIsNotHeldBack() {
        rig.begin((environ, start) -> {
            start.start("200 OK", List.of()).write(Rig.bytes(""));
            return rig.body(() -> "");
        });
        rig.runOne(rig.first);
        rig.pause();
        assertEquals("head 200, flush, step, queued for first, parked", rig.story());
    }

    @Test
    void p18NorIsTheHeadOfDataThatIsRefused() {
        rig.begin((environ, start) -> {
            Write write = start.start("200 OK", List.of(length(1)));
            assertThrows(ApplicationError.class, () -> write.write(Rig.bytes("ab")));
            return rig.body(() -> "");
        });
        rig.runOne(rig.first);
        rig.pause();
        assertEquals("head 200 length 1, flush, step, queued for first, parked", rig.story());
    }

    @Test
    void p19NeitherAPauseNorAnEmptyChunkSendsHeaders() throws Exception {
        AtomicReference<@Nullable StartResponse> late = new AtomicReference<>();
        rig.serve((environ, start) -> {
            late.set(start);
            return rig.body(() -> switch (step++) {
                case 0 -> {
                    resumes.add(rig.pause());
                    yield "";
                }
                case 1 -> {
                    start.start("200 OK", List.of());
                    resumes.add(rig.pause());
                    yield "";
                }
                case 2 -> {
                    start.start("503 Busy", List.of(), new Exception("changed its mind"));
                    yield "x";
                }
                default -> null;
            });
        });
        resumes.get(0).resume();
        rig.run();
        assertEquals(null, rig.head);
        resumes.get(1).resume();
        rig.run();
        assertTrue(rig.story().endsWith("step, head 503, write x, step, end, close END"), rig.story());
    }

    @Test
    void p19ABodyWithoutStartResponseIsA500() {
        rig.serve((environ, start) -> Body.of());
        assertTrue(
                rig.story().startsWith("failed: the body ended and start_response was not called, head 500"),
                rig.story());
    }

    @Test
    void p20APauseInStepZeroWaitsBeforeTheBody() {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of());
            resumes.add(rig.pause());
            return Body.of(new byte[] {'x'});
        });
        assertEquals("flush, parked", rig.story());
        resumes.getFirst().resume();
        rig.run();
        assertEquals("flush, parked, unparked, queued, head 200 length 1, write x, end", rig.story());
    }

    @Test
    void p20WriteIsUnaffectedByAnEpoch() {
        rig.serve((environ, start) -> {
            Write write = start.start("200 OK", List.of());
            rig.pause();
            write.write(Rig.bytes("x"));
            return Body.of(new byte[] {'y'});
        });
        assertEquals("head 200, write x, flush, parked", rig.story());
    }

    @Test
    void p20WriteOutsideAStepRaises() {
        AtomicReference<@Nullable Write> write = new AtomicReference<>();
        rig.serve((environ, start) -> {
            write.set(start.start("200 OK", List.of()));
            rig.pause();
            return Body.of();
        });
        Write kept = write.get();
        Throwable raised = kept == null ? null : raised(() -> kept.write(Rig.bytes("x")));
        assertEquals(ApplicationError.class, raised == null ? null : raised.getClass());
        assertEquals("flush, parked", rig.story());
    }

    @Test
    void p21EmptyChunksGoToTheBackOfTheQueueAndThenBackOff() {
        rig.begin(rig.steps(() -> {
            step++;
            return "";
        }));
        rig.run();
        assertEquals(5, step);
        long before = step;
        rig.pass(1);
        rig.run();
        assertEquals(before + 1, step);
        for (int millis = 0; millis < 1000; millis++) {
            rig.pass(1);
            rig.run();
        }
        assertTrue(step > 20 && step < 40, () -> step + " steps in a second");
    }

    @Test
    void p21AStepInWhichAResumeEndedAnEpochIsExempt() {
        rig.serve(rig.steps(() -> {
            if (step++ == 100) {
                return null;
            }
            rig.pause().resume();
            return "";
        }));
        assertEquals(101, step);
        assertEquals(0, rig.armed());
    }

    @Test
    void p22TheEndOfTheBodyEndsTheRequestAlthoughAnEpochIsOpen() {
        rig.serve(rig.steps(() -> {
            resumes.add(rig.pause());
            return null;
        }));
        assertEquals("step, head 200 length 0, end, close END", rig.story());
        assertEquals(false, resumes.getFirst().resume());
    }

    @Test
    void p23ACompleteResponseWaitsForNoResume() {
        rig.serve(answering(length(3), () -> {
            rig.pause();
            return "abc";
        }));
        assertEquals("step, head 200 length 3, write abc, end, close END", rig.story());
    }

    @Test
    void p23OneMoreStepIsTakenAndItsOutputDropped() {
        rig.serve(answering(length(3), () -> step++ == 0 ? "abc" : "more"));
        assertEquals("step, head 200 length 3, write abc, step, end, close END", rig.story());
    }

    @Test
    void p23AnErrorInTheStepAfterCompletionLeavesTheResponseAlone() {
        rig.serve(answering(length(3), () -> {
            if (step++ == 0) {
                return "abc";
            }
            throw new Exception("late");
        }));
        assertEquals("step, head 200 length 3, write abc, step, failed: late, end, close ERROR", rig.story());
    }

    @Test
    void p23AHeadIsCompleteWhenItsHeadersAreCommitted() {
        rig.headRequest().serve(rig.steps(() -> {
            rig.pause();
            return "abc";
        }));
        assertEquals("step, head 200 bodyless, end, close END", rig.story());
    }

    @Test
    void p24AnErrorBeforeAnythingWasSentIsA500() {
        rig.serve(rig.steps(() -> {
            rig.pause();
            throw new Exception("boom");
        }));
        rig.on(Event.FLUSHED);
        assertEquals(
                "step, failed: boom, head 500 length 26, write 500 Internal Server Error\n, end, close ERROR, released ERROR",
                rig.story());
    }

    @Test
    void p24AnErrorAfterDataAborts() {
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                return "abc";
            }
            throw new Exception("boom");
        }));
        assertEquals("step, head 200, write abc, step, failed: boom, abort, close ERROR, released ERROR", rig.story());
    }

    @Test
    void p24AnErrorAfterADisconnectIsToldAsSuch() {
        rig.serve(rig.steps(() -> {
            rig.on(Event.DISCONNECTED);
            throw new Exception("boom");
        }));
        assertEquals("step, failed for nobody: boom, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void excessOverContentLengthIsNeverSent() {
        rig.serve(answering(length(3), () -> step++ == 0 ? "abcdef" : null));
        assertEquals("step, head 200 length 3, write abc, too long, step, end, close END", rig.story());
    }

    @Test
    void aBodyThatIsTooShortEndsAbnormally() {
        rig.serve(answering(length(3), () -> step++ == 0 ? "a" : null));
        assertEquals(
                "step, head 200 length 3, write a, step, too short by 2, abort, close ERROR, released ERROR",
                rig.story());
    }

    @Test
    void aBodyWithLengthThatBringsNothingIsA500() {
        rig.serve(answering(length(3), () -> null));
        assertTrue(rig.story().startsWith("step, too short by 3, head 500"), rig.story());
    }

    @Test
    void writePastContentLengthRaises() {
        rig.serve((environ, start) -> {
            Write write = start.start("200 OK", List.of(length(3)));
            write.write(Rig.bytes("ab"));
            write.write(Rig.bytes("cd"));
            return Body.of();
        });
        assertSame(ApplicationError.class, rig.failures.getFirst().getClass());
        assertTrue(rig.story().startsWith("head 200 length 3, write ab, failed"), rig.story());
        assertTrue(rig.story().contains("abort"), rig.story());
    }

    @Test
    void p27WriteAfterADisconnectRaises() {
        AtomicReference<@Nullable Throwable> raised = new AtomicReference<>();
        rig.serve((environ, start) -> {
            Write write = start.start("200 OK", List.of());
            rig.on(Event.DISCONNECTED);
            raised.set(raised(() -> write.write(Rig.bytes("x"))));
            return Body.of();
        });
        assertTrue(raised.get() instanceof ClientDisconnected);
        assertEquals("released DISCONNECT", rig.story());
    }

    @Test
    void a204AndAnEmptyHeadDeriveNoLength() {
        rig.serve((environ, start) -> {
            start.start("204 No Content", List.of());
            return Body.of();
        });
        assertEquals("head 204 bodyless, end", rig.story());
        var head = new Rig().headRequest();
        head.serve(head.steps(() -> null));
        assertEquals("step, head 200 bodyless, end, close END", head.story());
    }

    private interface Action {
        void run() throws Exception;
    }

    private static @Nullable Throwable raised(Action action) {
        try {
            action.run();
            return null;
        } catch (Exception raised) {
            return raised;
        }
    }
}
