package dev.pausa.fuzz;

import static dev.pausa.fuzz.Violation.require;

import dev.pausa.exchange.RequestInput;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.InputHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Timers (P31) and input handlers (P50 to P58) that were armed, and what must become of them. */
final class Callbacks {
    private final Life life;
    private final Ports ports;
    private final Epoch epoch;
    private final CallLater callLater;
    private final InputHandler inputHandler;
    private final RequestInput input;
    private final List<Armed> all = new ArrayList<>();
    private @Nullable Armed handler;

    /** One of them. It is armed until it begins, is cancelled, or the request is over. */
    private final class Armed {
        private final Epoch.@Nullable Held resume;
        private boolean armed = true;
        private boolean due;

        /** Whether there was input when it was registered: then it fires by itself. */
        private boolean soon;

        private BooleanSupplier cancel = () -> false;

        Armed(Epoch.@Nullable Held resume) {
            this.resume = resume;
        }

        /** Its time has come: a resume is called at once, a callback waits for its turn. */
        void rings() {
            if (armed && resume != null && life.alive()) {
                armed = false;
                epoch.ended(resume.epoch);
            } else {
                due = true;
            }
        }

        void begins() {
            require(armed, "a callback that was called or cancelled before (P31, P53)");
            armed = false;
        }

        boolean armed() {
            return armed && life.alive();
        }

        void cancel() {
            boolean expected = armed();
            armed = false;
            if (expected && resume != null) {
                epoch.released(resume.epoch);
            }
            require(cancel.getAsBoolean() == expected, "cancel should have answered " + expected);
        }
    }

    Callbacks(Life life, Ports ports, Epoch epoch, CallLater callLater, InputHandler inputHandler, RequestInput input) {
        this.life = life;
        this.ports = ports;
        this.epoch = epoch;
        this.callLater = callLater;
        this.inputHandler = inputHandler;
        this.input = input;
    }

    /** Arms a timer: of a callback, or of one of the resumes that are held. */
    void callLater(int which, int millis) {
        var armed = new Armed(which == 0 ? null : epoch.another(which));
        Duration delay = Duration.ofMillis(millis);
        ports.onRing = armed::rings;
        CallLater.Timer timer = armed.resume == null
                ? callLater.after(delay, () -> life.callback(armed::begins))
                : callLater.after(delay, armed.resume.resume);
        ports.onRing = Ports.NOTHING;
        armed.cancel = timer::cancel;
        all.add(armed);
    }

    /** Registers an input handler. */
    void register(int which) {
        Armed before = handler;
        boolean busy = before != null && before.armed();
        var armed = new Armed(which == 0 || busy ? null : epoch.another(which));
        boolean alive = life.alive();
        InputHandler.@Nullable Registration registration;
        ports.onRing = armed::rings;
        try {
            registration = armed.resume == null
                    ? inputHandler.register(input, () -> life.callback(armed::begins))
                    : inputHandler.register(input, armed.resume.resume);
        } catch (IllegalStateException second) {
            require(busy, "a registration was refused: " + second.getMessage());
            return;
        } finally {
            ports.onRing = Ports.NOTHING;
        }
        require(!busy || !alive, "two input handlers at once (P52)");
        require((registration != null) == alive, "registered after the end, or not registered (P52)");
        if (registration != null) {
            armed.cancel = registration::cancel;
            armed.soon = input.ready();
            armed.due = armed.soon && armed.resume == null;
            handler = armed;
            all.add(armed);
        }
    }

    /** Input, or its end, is about to come. */
    void inputComes() {
        Armed waiting = handler;
        if (waiting != null && waiting.armed() && !waiting.soon && !input.ready()) {
            waiting.rings();
        }
    }

    void cancel(int which) {
        if (!all.isEmpty()) {
            all.get(which % all.size()).cancel();
        }
    }

    /** Whether a callback waits for its turn. */
    boolean due() {
        return all.stream().anyMatch(each -> each.resume == null && each.due && each.armed());
    }
}
