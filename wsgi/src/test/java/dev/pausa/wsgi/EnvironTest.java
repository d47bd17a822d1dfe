package dev.pausa.wsgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnvironTest {
    private final Environ environ = new Environ(variables(), Map.of("wsgi.run_once", false));

    private static Variables variables() {
        var variables = new Variables();
        byte[] head = "GET /caf\u00e9".getBytes(StandardCharsets.ISO_8859_1);
        variables.add(Name.of("REQUEST_METHOD"), head, 0, 3);
        variables.add(Name.of("PATH_INFO"), head, 4, 5);
        return variables;
    }

    @Test
    void typedKeysLeaveTheMapUntouched() {
        PauseOutput pause = () -> {
            throw new AssertionError();
        };
        assertNull(environ.get(Environ.PAUSE_OUTPUT));
        environ.put(Environ.PAUSE_OUTPUT, pause);
        assertSame(pause, environ.get(Environ.PAUSE_OUTPUT));
        assertTrue(environ.untouched());
        assertSame(pause, environ.get("wsgi.pause_output"));
        assertFalse(environ.untouched());
        assertSame(pause, environ.get(Environ.PAUSE_OUTPUT));
    }

    @Test
    void aKeyThatMiddlewareRemovesIsGoneForTypedReadersToo() {
        environ.put(Environ.CLOSE_REASON, () -> null);
        environ.remove(Environ.CLOSE_REASON.name());
        assertNull(environ.get(Environ.CLOSE_REASON));
        assertFalse(environ.containsKey("pausa.close_reason"));
    }

    @Test
    void valuesAreCodePointsUpTo255() {
        assertEquals(Map.of("REQUEST_METHOD", "GET", "PATH_INFO", "/caf\u00e9", "wsgi.run_once", false), environ);
        environ.put("SCRIPT_NAME", "/app");
        assertEquals("/app", environ.get("SCRIPT_NAME"));
    }

    @Test
    void commonNamesAreSharedAndNumbered() {
        assertSame(Name.of("HTTP_HOST"), Name.of("HTTP_HOST"));
        assertEquals("HTTP_HOST", Name.shared().get(Name.of("HTTP_HOST").number()));
        assertEquals(-1, Name.of("HTTP_X_MINE").number());
    }

    @Test
    void inputAsAStreamEndsOnlyAtItsEnd() throws Exception {
        Input input = new Input() {
            private int left = 3;

            @Override
            public int read(byte[] into, int offset, int length) throws ClientDisconnected {
                if (left == 0) {
                    throw new ClientDisconnected("cut short");
                }
                into[offset] = (byte) left--;
                return 1;
            }

            @Override
            public boolean ready() {
                return true;
            }
        };
        assertEquals(3, input.stream().read());
        assertEquals(0, input.stream().read(new byte[1], 0, 0));
        assertThrows(ClientDisconnected.class, () -> input.stream().readAllBytes());
    }

    @Test
    void p56WhatIsNotReadyIsNotWaitedFor() throws Exception {
        var ready = new boolean[1];
        Input input = new Input() {
            @Override
            public int read(byte[] into, int offset, int length) {
                assertTrue(ready[0], "it would wait");
                return -1;
            }

            @Override
            public boolean ready() {
                return ready[0];
            }
        };
        assertEquals(0, input.readNowait(new byte[1], 0, 1));
        ready[0] = true;
        assertEquals(-1, input.readNowait(new byte[1], 0, 1));
    }

    @Test
    void p51AnEnvironStandsForTheInputInIt() {
        var sources = new ArrayList<Input>();
        InputHandler handlers = new InputHandler() {
            @Override
            public @Nullable Registration register(Input source, Resume resume) {
                sources.add(source);
                return null;
            }

            @Override
            public @Nullable Registration register(Input source, CallLater.Callback handler) {
                sources.add(source);
                return null;
            }
        };
        assertNull(handlers.register(environ, () -> {}));
        assertEquals(List.of(), sources);
        Input input = new Input() {
            @Override
            public int read(byte[] into, int offset, int length) {
                return -1;
            }

            @Override
            public boolean ready() {
                return true;
            }
        };
        environ.put(Environ.INPUT, input);
        handlers.register(environ, () -> {});
        var copy = new Environ(new Variables());
        copy.putAll(environ);
        handlers.register(copy, () -> {});
        assertEquals(List.of(input, input), sources);
    }

    @Test
    void middlewareSeesTheRequestInOrder() throws Exception {
        Middleware outer = inner -> (e, start) -> {
            e.put("trail", "outer");
            return inner.call(e, start);
        };
        Middleware second = inner -> (e, start) -> {
            e.put("trail", e.get("trail") + " second");
            return inner.call(e, start);
        };
        Application application = (e, start) -> {
            assertEquals("outer second", e.get("trail"));
            return Body.of(new byte[] {1});
        };
        assertEquals(
                1,
                outer.then(second)
                        .wrap(application)
                        .call(environ, (status, headers, failure) -> data -> {})
                        .length());
    }
}
