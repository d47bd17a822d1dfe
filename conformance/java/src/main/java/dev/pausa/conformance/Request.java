package dev.pausa.conformance;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.StartResponse;
import dev.pausa.wsgi.Write;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of the application, with what most cases do with it. */
record Request(Environ environ, StartResponse startResponse) {
    static final Header TEXT = new Header("Content-Type", "text/plain");

    /** A field of the query, or {@code null}. */
    @Nullable
    String field(String name) {
        for (String field : String.valueOf(environ.get("QUERY_STRING")).split("&", -1)) {
            if (field.startsWith(name + "=")) {
                return field.substring(name.length() + 1);
            }
        }
        return null;
    }

    boolean has(String name) {
        return field(name) != null;
    }

    int number(String name) {
        return Integer.parseInt(text(name));
    }

    /** A field of the query in seconds, as milliseconds. */
    long millis(String name) {
        return Math.round(Double.parseDouble(text(name)) * 1000);
    }

    String text(String name) {
        return Objects.requireNonNull(field(name), name);
    }

    /** A field of the query with what is percent-encoded in it decoded as UTF-8. */
    String decoded(String name) {
        return URLDecoder.decode(text(name), StandardCharsets.UTF_8);
    }

    Recorder recorder() {
        return Recorder.of(text("id"));
    }

    Resume pause() {
        return Objects.requireNonNull(environ.get(Environ.PAUSE_OUTPUT)).pause();
    }

    CallLater callLater() {
        return Objects.requireNonNull(environ.get(Environ.CALL_LATER));
    }

    @Nullable
    String closeReason() {
        CloseReason reason =
                Objects.requireNonNull(environ.get(Environ.CLOSE_REASON)).get();
        return reason == null ? null : reason.text();
    }

    /** Resumes after that time, and notes when and what the resume returned. */
    void resumeLater(long millis, Resume resume) {
        Recorder recorder = recorder();
        Later.after(millis, () -> {
            recorder.note("resuming");
            recorder.note("resumed", resume.resume());
        });
    }

    /** Starts a 200 of text. */
    Write ok(Header... more) throws Exception {
        List<Header> headers = new ArrayList<>(List.of(TEXT));
        headers.addAll(List.of(more));
        return startResponse.start("200 OK", headers);
    }

    Body watch(Body body) {
        return new Watched(this, body);
    }

    /** A watched body of these steps. */
    Body script(Script.Step... steps) {
        return watch(new Script(steps));
    }
}
