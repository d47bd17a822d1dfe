package dev.pausa.cpython;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Resume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pausing keys as Python sees them, over a server that only records. */
class PauseFunctionsTest {
    private static final class RecordedResume implements Resume {
        boolean pending = true;
        int drops;

        @Override
        public boolean resume() {
            boolean before = pending;
            pending = false;
            return before;
        }

        @Override
        public boolean pending() {
            return pending;
        }

        @Override
        public void dropped() {
            drops++;
        }
    }

    private static final class RecordedTimers implements CallLater {
        final List<Object> callbacks = new ArrayList<>();
        final List<Duration> delays = new ArrayList<>();
        boolean armed = true;

        @Override
        public Timer after(Duration delay, Resume resume) {
            return arm(delay, resume);
        }

        @Override
        public Timer after(Duration delay, Callback callback) {
            return arm(delay, callback);
        }

        private Timer arm(Duration delay, Object callback) {
            delays.add(delay);
            callbacks.add(callback);
            return () -> {
                boolean before = armed;
                armed = false;
                return before;
            };
        }
    }

    private final List<RecordedResume> resumes = new ArrayList<>();
    private final RecordedTimers timers = new RecordedTimers();
    private @Nullable CloseReason reason;

    private Environ environ() {
        Environ environ = Python.environ("");
        Python.services(
                environ,
                () -> {
                    resumes.add(new RecordedResume());
                    return resumes.getLast();
                },
                timers,
                () -> reason);
        return environ;
    }

    /** Runs the body of an application; what it leaves in {@code got} comes back as text. */
    private String run(String statements) throws Exception {
        String source = """
                import gc, threading
                kept = []
                def app(environ, start_response):
                    got = []
                    pause, later, reason = (environ[k] for k in
                        ('wsgi.pause_output', 'pausa.call_later', 'pausa.close_reason'))
                %s
                    kept.append(environ)
                    start_response('200 OK', [])
                    return [repr(got).encode()]
                """.formatted(statements.indent(4).stripTrailing());
        return Python.serve(Python.MAIN, Python.application(Python.MAIN, source), environ())
                .body();
    }

    @Test
    void p8ResumeAnswersAndIgnoresArguments() throws Exception {
        assertEquals("[True, True, False, False]", run("""
                resume = pause()
                got += [resume.pending, resume('ignored', key=1), resume(), resume.pending]"""));
    }

    @Test
    void p9ResumeFromAThreadThatPythonStarted() throws Exception {
        assertEquals("[True]", run("""
                resume = pause()
                thread = threading.Thread(target=lambda: got.append(resume()))
                thread.start(); thread.join()"""));
    }

    @Test
    void p9ForkedChildGetsFalseAndTheParentIsUntouched() throws Exception {
        assertEquals("[0, True]", run("""
                import os
                resume = pause()
                child = os.fork()
                if child == 0:
                    os._exit(1 if resume() or resume.pending else 0)
                got += [os.waitpid(child, 0)[1], resume.pending]"""));
    }

    @Test
    void p16DroppedResumesAreTold() throws Exception {
        run("""
                pause()
                kept.append(pause())
                gc.collect()""");
        assertEquals(List.of(1, 0), resumes.stream().map(r -> r.drops).toList());
    }

    @Test
    void p30CloseReasonStaysKnownAfterTheEnd() throws Exception {
        assertEquals("[None]", run("got.append(reason())"));
        reason = CloseReason.HALF_CLOSED;
        assertEquals("['half-closed']", run("got.append(reason())"));
        reason = CloseReason.DISCONNECT;
        var application = Python.application(Python.MAIN, """
                import sys
                def app(environ, start_response):
                    sys.later_reason = environ['pausa.close_reason']
                    sys.later_pause = environ['wsgi.pause_output']
                    start_response('200 OK', [])
                    return []
                """);
        Python.serve(Python.MAIN, application, environ());
        reason = null;
        Object sys = Python.MAIN.call("importlib", "import_module", "sys");
        Object later = Python.MAIN.call("builtins", "getattr", sys, "later_reason");
        assertEquals("disconnect", Python.MAIN.call("operator", "call", later));
        Object dead = Python.MAIN.call("operator", "call", Python.MAIN.call("builtins", "getattr", sys, "later_pause"));
        assertEquals(false, Python.MAIN.call("operator", "call", dead), "P5: a dead resume");
    }

    @Test
    void p31CallLaterWithAResumeKeepsItAndFiresItDirectly() throws Exception {
        assertEquals("[True]", run("""
                later(0.25, pause())
                gc.collect()
                got.append(True)"""));
        assertEquals(List.of(Duration.ofMillis(250)), timers.delays);
        assertEquals(0, resumes.getFirst().drops, "the armed timer holds it");
        assertTrue(((Resume) timers.callbacks.getFirst()).resume());
        assertFalse(resumes.getFirst().pending);
        assertFalse(((Resume) timers.callbacks.getFirst()).resume());
    }

    @Test
    void p31CallLaterRunsOtherCallbacksInTheContextOfTheRequest() throws Exception {
        var application = Python.application(Python.MAIN, """
                import contextvars
                var = contextvars.ContextVar('var', default='unset')
                def app(environ, start_response):
                    var.set('request')
                    got = []
                    environ['pausa.call_later'](1, lambda: got.append(var.get()))
                    start_response('200 OK', [])
                    yield b''
                    yield got[0].encode()
                """);
        String chunk = Python.onWorker(Python.MAIN, () -> {
            var body = application.call(environ(), (status, headers, failure) -> data -> {});
            body.next();
            ((CallLater.Callback) timers.callbacks.getFirst()).call();
            var bytes = java.util.Objects.requireNonNull(body.next());
            String text =
                    java.nio.charset.StandardCharsets.US_ASCII.decode(bytes).toString();
            body.close();
            return text;
        });
        assertEquals("request", chunk);
    }

    @Test
    void p31CancelAnswersOnce() throws Exception {
        assertEquals("[True, False]", run("""
                cancel = later(1, print)
                got += [cancel(), cancel()]"""));
    }

    @Test
    void p31RefusesWhatIsNoDelay() throws Exception {
        assertEquals("['ValueError', 'ValueError', 'ValueError', 'TypeError', 'TypeError']", run("""
                for seconds, callback in (-1, print), (float('nan'), print), (float('inf'), print), ('1', print), (1, 2):
                    try:
                        later(seconds, callback)
                    except Exception as e:
                        got.append(type(e).__name__)"""));
    }
}
