package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.ClientDisconnected;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.InputHandler.Registration;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.Variables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code wsgi.input_handler} (P50 to P58). */
class InputHandlersTest {
    private final Rig rig = new Rig();
    private final RequestInput input = new RequestInput(
            new RequestInput.Source() {
                @Override
                public void wanted() {
                    rig.log.add("wanted");
                }

                @Override
                public void drained() {}
            },
            8);
    private final List<@Nullable Registration> registrations = new ArrayList<>();
    private int step;

    private InputHandler handlers() {
        return Objects.requireNonNull(rig.environ.get(Environ.INPUT_HANDLER));
    }

    private void register(String name) {
        registrations.add(handlers().register(input, () -> rig.log.add(name)));
    }

    private Registration registration() {
        return Objects.requireNonNull(registrations.getLast());
    }

    /** Parks with a handler called {@code h} in the first step; ends in the second. */
    private void park() {
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                rig.pause();
                register("h");
                return "";
            }
            return null;
        }));
        assertTrue(rig.exchange().parked());
        rig.log.clear();
    }

    private String read(int length) throws IOException {
        var into = new byte[length];
        int count = input.readNowait(into, 0, length);
        return count < 0 ? "end" : new String(into, 0, count, StandardCharsets.US_ASCII);
    }

    @Test
    void p53FiresOnceAsATaskWhenThereIsAByte() throws IOException {
        park();
        input.feed(Rig.bytes("a"));
        input.feed(Rig.bytes("b"));
        assertEquals("unparked, queued", rig.story(), "not by the thread that feeds");
        rig.run();
        assertEquals("unparked, queued, h, flush, parked", rig.story());
        assertFalse(registration().cancel());
        assertEquals("ab", read(9));
        assertEquals("", read(9));
        input.feed(Rig.bytes("c"));
        input.end();
        rig.run();
        assertEquals("unparked, queued, h, flush, parked", rig.story());
    }

    @Test
    void p53FiresAtTheEnd() throws IOException {
        park();
        input.end();
        rig.run();
        assertEquals("unparked, queued, h, flush, parked", rig.story());
        assertEquals("end", read(9));
    }

    @Test
    void p53WhatIsThereAlreadyFiresAfterTheStepAndBeforeTheNext() {
        input.feed(Rig.bytes("a"));
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                register("h");
                rig.log.add("registered");
                return "x";
            }
            return null;
        }));
        assertEquals("step, wanted, registered, head 200, write x, h, step, end, close END", rig.story());
    }

    @Test
    void p53AHandlerMayRegisterAgain() {
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            rig.pause();
            registrations.add(handlers().register(input, () -> {
                rig.log.add("first");
                register("second");
            }));
            return "";
        }));
        rig.log.clear();
        input.feed(Rig.bytes("a"));
        rig.run();
        assertEquals("unparked, queued, first, second, flush, parked", rig.story());
    }

    @Test
    void p54AResumeIsCalledByWhoeverFeeds() {
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                registrations.add(handlers().register(input, rig.pause()));
                return "";
            }
            return null;
        }));
        rig.log.clear();
        input.feed(Rig.bytes("a"));
        assertEquals("unparked, queued", rig.story());
        rig.run();
        assertEquals(2, step);
    }

    @Test
    void p53AResumeIsNotCalledInsideTheRegistration() {
        input.end();
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                Resume resume = rig.pause();
                registrations.add(handlers().register(input, resume));
                assertTrue(resume.pending());
                return "";
            }
            return null;
        }));
        assertTrue(rig.exchange().parked());
        rig.pass(0);
        rig.run();
        assertEquals(2, step);
        assertFalse(registration().cancel());
    }

    @Test
    void p53CancelledMeansThatItNeverRuns() {
        park();
        assertTrue(registration().cancel());
        assertFalse(registration().cancel());
        input.feed(Rig.bytes("a"));
        rig.run();
        assertEquals("", rig.story());
        register("h");
        assertTrue(registration().cancel(), "due, but not begun");
        rig.run();
        assertFalse(rig.log.contains("h"), rig.story());
    }

    @Test
    void p16ACancelledResumeIsHeldNoMore() {
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            if (step++ == 0) {
                Resume resume = rig.pause();
                registrations.add(handlers().register(input, resume));
                resume.dropped();
                return "";
            }
            return null;
        }));
        assertTrue(rig.exchange().parked(), "the armed handler holds it");
        registration().cancel();
        assertTrue(rig.story().endsWith("leaked"), rig.story());
    }

    @Test
    void p51OnlyTheInputOfThisRequestByIdentity() {
        park();
        assertTrue(registration().cancel());
        assertNull(handlers().register(Input.EMPTY, () -> rig.log.add("never")));
        var proxy = new Input() {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return input.read(into, offset, length);
            }

            @Override
            public boolean ready() {
                return input.ready();
            }

            @Override
            public boolean equals(@Nullable Object other) {
                return true;
            }

            @Override
            public int hashCode() {
                return input.hashCode();
            }
        };
        assertNull(handlers().register(proxy, () -> rig.log.add("never")));
        var copy = new Environ(new Variables());
        assertNull(handlers().register(copy, () -> rig.log.add("never")), "no input in it");
        copy.putAll(rig.environ);
        assertNotNull(handlers().register(copy, () -> rig.log.add("h")));
        rig.environ.put(Environ.INPUT, proxy);
        assertNull(handlers().register(rig.environ, rig.pause()));
        input.feed(Rig.bytes("a"));
        rig.run();
        assertEquals("unparked, queued, h, flush, parked", rig.story());
    }

    @Test
    void p52ASecondOneIsRefusedWhileOneIsArmed() {
        park();
        assertThrows(IllegalStateException.class, () -> register("second"));
        input.feed(Rig.bytes("a"));
        assertThrows(IllegalStateException.class, () -> register("second"), "due, but not begun");
        rig.run();
        register("second");
        rig.run();
        assertTrue(rig.story().contains("second"), rig.story());
    }

    @Test
    void p55WhatAHandlerRaisesIsAnErrorOfTheApplication() {
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            rig.pause();
            registrations.add(handlers().register(input, () -> {
                throw new Exception("boom");
            }));
            return "abc";
        }));
        input.feed(Rig.bytes("a"));
        rig.run();
        assertTrue(rig.story().endsWith("failed: boom, abort, close ERROR, released ERROR"), rig.story());
    }

    @Test
    void p57ArmingCountsAsTheFirstRead() throws IOException {
        rig.environ.put(Environ.INPUT, input);
        rig.serve(rig.steps(() -> {
            rig.pause();
            register("h");
            assertTrue(registration().cancel());
            register("h");
            return "";
        }));
        read(1);
        assertEquals("step, wanted, flush, parked", rig.story());
    }

    @Test
    void p58ADisconnectDropsTheHandler() {
        park();
        rig.on(Event.DISCONNECTED);
        input.fail("gone");
        rig.run();
        assertEquals("unparked, queued, close DISCONNECT, released DISCONNECT", rig.story());
        assertFalse(registration().cancel());
        assertNull(handlers().register(input, () -> rig.log.add("never")), "P52: the request is over");
    }

    @Test
    void p58ADueHandlerIsDroppedToo() {
        park();
        input.feed(Rig.bytes("a"));
        rig.on(Event.DISCONNECTED);
        input.fail("gone");
        rig.run();
        assertEquals("unparked, queued, close DISCONNECT, released DISCONNECT", rig.story());
    }

    @Test
    void p53ABodyThatIsNoneFiresForItsReadsDoNotWaitEither() {
        park();
        input.fail("a chunk that is none");
        rig.run();
        assertEquals("unparked, queued, h, flush, parked", rig.story());
        assertThrows(ClientDisconnected.class, () -> read(1));
    }

    @Test
    void p58NoBodyFiresSoon() {
        rig.environ.put(Environ.INPUT, Input.EMPTY);
        rig.serve(rig.steps(() -> {
            rig.pause();
            handlers().register(rig.environ, () -> rig.log.add("h"));
            rig.log.add("registered");
            return "";
        }));
        assertEquals("step, registered, h, flush, parked", rig.story());
    }

    @Test
    void bytesThatABridgeTookAheadFireSoonAndOnce() {
        park();
        registration().ready();
        rig.run();
        assertEquals("unparked, queued, h, flush, parked", rig.story());
        rig.log.clear();
        input.feed(Rig.bytes("a"));
        rig.run();
        assertEquals("", rig.story());
        Resume resume = rig.pause();
        registrations.add(handlers().register(input, resume));
        assertTrue(resume.pending());
        rig.pass(0);
        assertFalse(resume.pending());
    }

    @Test
    void aServerThatIsToldNotToPauseHasNone() {
        rig.environ.put(Environ.INPUT, input);
        rig.policy(new PausePolicy(false, Duration.ofSeconds(1), PausePolicy.Affinity.AUTO, false));
        rig.serve(rig.steps(() -> null));
        assertNull(rig.environ.get(Environ.INPUT_HANDLER));
    }
}
