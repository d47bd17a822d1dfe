package dev.pausa.exchange;

import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.InputHandler;
import dev.pausa.wsgi.Resume;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code wsgi.input_handler} of one request (P50 to P58). Any thread; what it holds is guarded by the exchange's monitor. */
final class InputHandlers implements InputHandler {
    private final Exchange exchange;
    private final Callbacks callbacks;
    private final Input input;
    private Callbacks.@Nullable Armed last;

    InputHandlers(Exchange exchange, Callbacks callbacks, Input input) {
        this.exchange = exchange;
        this.callbacks = callbacks;
        this.input = input;
    }

    @Override
    public @Nullable Registration register(Input source, Resume resume) {
        return register(source, () -> callbacks.of(resume));
    }

    @Override
    public @Nullable Registration register(Input source, CallLater.Callback handler) {
        return register(source, () -> callbacks.of(handler));
    }

    @SuppressWarnings("ReferenceEquality") // P51
    private @Nullable Registration register(Input source, Supplier<Callbacks.Armed> handler) {
        Callbacks.Armed armed = source == input ? add(handler) : null;
        if (armed != null) {
            Runnable fire = armed::fire;
            if (input instanceof RequestInput coming && coming.watch(fire)) {
                armed.arm(() -> coming.unwatch(fire));
            } else {
                armed.ready();
            }
        }
        return armed;
    }

    /** {@code null} if the request is over (P52). */
    private Callbacks.@Nullable Armed add(Supplier<Callbacks.Armed> handler) {
        synchronized (exchange) {
            if (last != null && last.armed()) {
                throw new IllegalStateException("an input handler is armed already: cancel it first");
            }
            Callbacks.Armed next = handler.get();
            last = callbacks.add(next) ? next : null;
            return last;
        }
    }
}
