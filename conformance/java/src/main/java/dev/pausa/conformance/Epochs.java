package dev.pausa.conformance;

import static dev.pausa.conformance.Script.bytes;
import static dev.pausa.conformance.Script.chunk;
import static dev.pausa.conformance.Script.nothing;

import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Resume;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** C01 to C13: one epoch after another. */
final class Epochs {
    private Epochs() {}

    static void mount(Map<String, Cases.Case> routes) {
        routes.put("/c01", Epochs::c01);
        routes.put("/c03", Epochs::c03);
        routes.put("/c04", Epochs::c04);
        routes.put("/c05", Epochs::c05);
        routes.put("/c06", request -> race(request, 1));
        routes.put("/c07", Epochs::c07);
        routes.put("/c08", request -> race(request, 2));
        routes.put("/c09", Epochs::c09);
        routes.put("/c10", Epochs::c10);
        routes.put("/c12", Epochs::c12);
        routes.put("/c13", Epochs::c13);
    }

    private static Body c01(Request request) throws Exception {
        Recorder recorder = request.recorder();
        boolean present = request.environ().get(Environ.PAUSE_OUTPUT) != null;
        recorder.note("present", request.environ().containsKey(Environ.PAUSE_OUTPUT.name()));
        recorder.note("callable", present);
        recorder.note("input handler", request.environ().containsKey(Environ.INPUT_HANDLER.name()));
        if (present) {
            Resume resume = request.pause();
            recorder.note("resume-callable", true);
            recorder.note("pending", resume.pending());
            recorder.note("resumed", resume.resume());
        }
        request.ok();
        return request.watch(Body.of(bytes("ok")));
    }

    /** Pauses {@code ?seconds=} in step 0. */
    private static Body c03(Request request) throws Exception {
        Resume resume = request.pause();
        Later.after(request.millis("seconds"), resume::resume);
        request.ok();
        return Body.of(bytes("done"));
    }

    private static Body c04(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.resumeLater(100, request.pause());
                    return nothing();
                },
                () -> chunk("data"));
    }

    private static Body c05(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.recorder().note("resumed", request.pause().resume());
                    return nothing();
                },
                () -> chunk("data"));
    }

    /** {@code ?epochs=} epochs in one request, each ended by other threads around its yield; the body is the tally. */
    private static Body race(Request request, int threads) throws Exception {
        int epochs = request.number("epochs");
        var resumers = new Resumers(threads);
        request.ok();
        return request.watch(new Body() {
            private int begun;

            @Override
            public @Nullable ByteBuffer next() throws Exception {
                if (begun < epochs) {
                    begun++;
                    resumers.give(request.pause());
                    Resumers.linger();
                    return nothing();
                }
                return begun++ == epochs ? chunk(resumers.tally()) : null;
            }
        });
    }

    private static Body c07(Request request) throws Exception {
        Recorder recorder = request.recorder();
        request.ok();
        return request.script(
                () -> {
                    Resume resume = request.pause();
                    recorder.note("inside", List.of(resume.resume(), resume.resume()));
                    return nothing();
                },
                () -> {
                    Resume resume = request.pause();
                    Later.after(100, () -> recorder.note("parked", List.of(resume.resume(), resume.resume())));
                    return nothing();
                },
                () -> chunk("data"));
    }

    private static Body c09(Request request) throws Exception {
        Recorder recorder = request.recorder();
        List<Resume> stale = new ArrayList<>();
        request.ok();
        return request.script(
                () -> {
                    stale.add(request.pause());
                    stale.getFirst().resume();
                    return nothing();
                },
                () -> {
                    Resume old = stale.getFirst();
                    Resume fresh = request.pause();
                    recorder.note("inside", List.of(old.resume(), old.pending(), fresh.pending()));
                    Later.after(
                            100, () -> recorder.note("parked", List.of(old.resume(), old.pending(), fresh.pending())));
                    request.resumeLater(400, fresh);
                    return nothing();
                },
                () -> chunk("data"));
    }

    /** Two pauses in one step; {@code ?order=} says which resume is called first. */
    private static Body c10(Request request) throws Exception {
        Recorder recorder = request.recorder();
        List<Resume> resumes = new ArrayList<>();
        request.ok();
        return request.script(
                () -> {
                    resumes.add(request.pause());
                    resumes.add(request.pause());
                    if (request.text("order").equals("second")) {
                        Collections.reverse(resumes);
                    }
                    Later.after(
                            100,
                            () -> recorder.note(
                                    "resumed",
                                    List.of(
                                            resumes.get(0).resume(),
                                            resumes.get(1).resume())));
                    return nothing();
                },
                () -> {
                    recorder.note(
                            "pending", resumes.stream().map(Resume::pending).toList());
                    return chunk("data");
                });
    }

    private static Body c12(Request request) throws Exception {
        request.ok();
        return request.script(
                () -> {
                    request.resumeLater(600, request.pause());
                    return chunk("abc");
                },
                () -> chunk("def"));
    }

    private static Body c13(Request request) throws Exception {
        request.ok();
        Script.Step[] steps = new Script.Step[3];
        for (int i = 0; i < steps.length; i++) {
            String event = "event " + i + "\n";
            steps[i] = () -> {
                Resume resume = request.pause();
                Later.after(50, resume::resume);
                return chunk(event);
            };
        }
        return request.script(steps);
    }
}
