package dev.pausa.cpython;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.Resume;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code wsgi.input_handler} and {@code read_nowait} as Python sees them, over a server that only records (P50 to P56). */
class InputFunctionsTest {
    /** An input that holds {@code there} bytes, and is at its end or not. */
    private static final class Pieces implements Input {
        private final byte[] bytes;
        private final boolean ended;
        private int taken;

        Pieces(String text, boolean ended) {
            this.bytes = text.getBytes(StandardCharsets.US_ASCII);
            this.ended = ended;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = Math.min(length, bytes.length - taken);
            System.arraycopy(bytes, taken, into, offset, count);
            taken += count;
            return count > 0 ? count : -1;
        }

        @Override
        public boolean ready() {
            return ended || taken < bytes.length;
        }
    }

    private static final class Handlers implements InputHandler {
        final List<Object> registered = new ArrayList<>();
        final List<String> kinds = new ArrayList<>();
        boolean refuses;
        boolean armed;
        int ready;

        @Override
        public @Nullable Registration register(Input source, Resume resume) {
            kinds.add("resume");
            return add(resume);
        }

        @Override
        public @Nullable Registration register(Input source, CallLater.Callback handler) {
            kinds.add("handler");
            return add(handler);
        }

        private @Nullable Registration add(Object handler) {
            if (armed) {
                throw new IllegalStateException("armed already");
            }
            if (refuses) {
                return null;
            }
            registered.add(handler);
            armed = true;
            return new Registration() {
                @Override
                public boolean cancel() {
                    boolean before = armed;
                    armed = false;
                    return before;
                }

                @Override
                public void ready() {
                    ready++;
                }
            };
        }
    }

    private final Handlers handlers = new Handlers();
    private boolean resumed;

    private Environ environ(Input input) {
        Environ environ = Python.environ("");
        environ.put(Environ.INPUT, input);
        environ.put(Environ.INPUT_HANDLER, handlers);
        environ.put(Environ.PAUSE_OUTPUT, () -> new Resume() {
            @Override
            public boolean resume() {
                resumed = true;
                return true;
            }

            @Override
            public boolean pending() {
                return !resumed;
            }
        });
        return environ;
    }

    /** Runs the body of an application over an input; what it leaves in {@code got} comes back as text. */
    private String run(Input input, String statements) throws Exception {
        String source = """
                import collections, copy
                def app(environ, start_response):
                    got = []
                    body, on_input = environ['wsgi.input'], environ['wsgi.input_handler']
                %s
                    start_response('200 OK', [])
                    return [repr(got).encode()]
                """.formatted(statements.indent(4).stripTrailing());
        return Python.serve(Python.MAIN, Python.application(Python.MAIN, source), environ(input))
                .body();
    }

    private String run(String statements) throws Exception {
        return run(new Pieces("", false), statements);
    }

    @Test
    void p56ReadNowait() throws Exception {
        assertEquals("[b'', b'on', b'e\\n', b'two\\nthree', None]", run(new Pieces("one\ntwo\nthree", false), """
                read = body.read_nowait
                got += [read(0), read(2), body.readline(), read(), read()]"""));
        assertEquals("[b'one\\n', b'tw', b'o', b'', b'']", run(new Pieces("one\ntwo", true), """
                read = body.read_nowait
                got += [body.readline(), read(2), read(None), read(), read(5)]"""));
    }

    @Test
    void p56ReadNowaitGivesAllThatIsThere() throws Exception {
        assertEquals("[200000]", run(new Pieces("x".repeat(200_000), false), "got.append(len(body.read_nowait()))"));
    }

    @Test
    void p51TheInputOrAnyDictThatHoldsIt() throws Exception {
        assertEquals("[True, True, True, True, True]", run("""
                class Strange(dict):
                    def __getitem__(self, key): return None
                for source in (body, environ, dict(environ), Strange(environ), collections.OrderedDict(environ)):
                    got.append(on_input(source, print)())"""));
    }

    @Test
    void p52AnythingElseIsRefused() throws Exception {
        assertEquals("[None, None, None, None, None, None, None]", run("""
                class Proxy:
                    def __getattr__(self, name): return getattr(body, name)
                    def __eq__(self, other): return True
                    __hash__ = None
                class Map(collections.UserDict): pass
                replaced = dict(environ, **{'wsgi.input': Proxy()})
                for source in (Proxy(), replaced, {}, None, 1, copy.copy(body), Map(environ)):
                    got.append(on_input(source, print))"""));
        assertEquals(List.of(), handlers.registered);
        handlers.refuses = true;
        assertEquals("[None]", run("got.append(on_input(body, print))"));
    }

    @Test
    void p51NotTheInputOfAnotherRequest() throws Exception {
        var application = Python.application(Python.MAIN, """
                import sys
                def app(environ, start_response):
                    got = []
                    if hasattr(sys, 'other_environ'):
                        other = sys.other_environ
                        got += [other['wsgi.input_handler'](other, print), environ['wsgi.input_handler'](other, print),
                                other['wsgi.input_handler'](environ, print)]
                    sys.other_environ = environ
                    start_response('200 OK', [])
                    return [repr(got).encode()]
                """);
        assertEquals(
                "[]",
                Python.serve(Python.MAIN, application, environ(new Pieces("", false)))
                        .body());
        assertEquals(
                "[None, None, None]",
                Python.serve(Python.MAIN, application, environ(new Pieces("", false)))
                        .body());
    }

    @Test
    void p52RefusesWhatCannotBeCalledAndASecondOne() throws Exception {
        assertEquals("['TypeError', 'TypeError', 'TypeError', 'RuntimeError']", run("""
                for arguments in (body, 1), (None, None), (body,), (body, print), (body, print):
                    try:
                        on_input(*arguments)
                    except Exception as e:
                        got.append(type(e).__name__)"""));
    }

    @Test
    void p53CancelAnswersOnce() throws Exception {
        assertEquals("[True, False]", run("""
                cancel = on_input(body, print)
                got += [cancel(), cancel()]"""));
    }

    @Test
    void p53WhatReadlineTookAheadIsThere() throws Exception {
        run(new Pieces("one\ntwo", false), """
                body.readline()
                on_input(body, print)""");
        assertEquals(1, handlers.ready);
        handlers.armed = false;
        run(new Pieces("one\n", false), """
                body.readline()
                on_input(body, print)""");
        assertEquals(1, handlers.ready);
    }

    @Test
    void p54AResumeIsRecognised() throws Exception {
        run("on_input(body, environ['wsgi.pause_output']())");
        handlers.armed = false;
        run("on_input(body, lambda: None)");
        assertEquals(List.of("resume", "handler"), handlers.kinds);
        assertFalse(resumed);
        ((Resume) handlers.registered.getFirst()).resume();
        assertTrue(resumed);
    }

    @Test
    void p54OtherHandlersRunInTheContextOfTheRequest() throws Exception {
        var application = Python.application(Python.MAIN, """
                import contextvars
                var = contextvars.ContextVar('var', default='unset')
                def app(environ, start_response):
                    var.set('request')
                    got = []
                    environ['wsgi.input_handler'](environ, lambda: got.append(var.get()))
                    start_response('200 OK', [])
                    yield b''
                    yield got[0].encode()
                """);
        String chunk = Python.onWorker(Python.MAIN, () -> {
            var body = application.call(environ(new Pieces("", false)), (status, headers, failure) -> data -> {});
            body.next();
            ((CallLater.Callback) handlers.registered.getFirst()).call();
            var bytes = java.util.Objects.requireNonNull(body.next());
            String text = StandardCharsets.US_ASCII.decode(bytes).toString();
            body.close();
            return text;
        });
        assertEquals("request", chunk);
    }
}
