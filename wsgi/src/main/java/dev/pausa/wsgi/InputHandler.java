package dev.pausa.wsgi;

import org.jspecify.annotations.Nullable;

/**
 * {@code environ["wsgi.input_handler"]}: "call me when the request body has something to read" (P50 to P60).
 *
 * <p>Serves only for the {@link Input} that the server itself put into this request's environ, by identity: so a
 * middleware that replaced it is never bypassed (P51). One-shot. It fires when at least one byte can be read without
 * waiting, at the end of the body, or when a read would fail; soon if that already holds, but never inside the
 * registration call (P53). What it finds may be gone by then: read by {@link Input#readNowait}. A client that leaves drops
 * it (P58). Arming one counts as the first read (P57).
 *
 * <p>Any thread, from step 0 until closing begins. Each {@code register} answers {@code null} and does nothing if
 * {@code source} is no such input or the request is over (P52): read it by waiting, then.
 */
public interface InputHandler {
    /**
     * Calls {@code resume}, from a thread of the server (P54).
     *
     * @throws IllegalStateException if one is armed (P52)
     */
    @Nullable
    Registration register(Input source, Resume resume);

    /**
     * Runs {@code handler} as a task of the request: never beside a step (P36). What it throws is an error of the
     * application (P55). It may register again.
     *
     * @throws IllegalStateException if one is armed (P52)
     */
    @Nullable
    Registration register(Input source, CallLater.Callback handler);

    /** As for the input that stands in {@code source}, if one does. */
    default @Nullable Registration register(Environ source, Resume resume) {
        Input input = source.get(Environ.INPUT);
        return input == null ? null : register(input, resume);
    }

    /** As for the input that stands in {@code source}, if one does. */
    default @Nullable Registration register(Environ source, CallLater.Callback handler) {
        Input input = source.get(Environ.INPUT);
        return input == null ? null : register(input, handler);
    }

    /** An armed handler. It counts as armed until it begins or is cancelled. */
    interface Registration {
        /** Disarms it; {@code true} if it was still armed, that is, the handler will never run. */
        boolean cancel();

        /** There is something to read besides: told by bridges that keep read bytes of their own. Fires soon. */
        void ready();
    }
}
