package dev.pausa.wsgi;

import org.jspecify.annotations.Nullable;

/** Why a request ended, or is about to (P30). */
public enum CloseReason {
    /** The response is complete. */
    END("end"),
    /** The application failed. */
    ERROR("error"),
    /** The client left. */
    DISCONNECT("disconnect"),
    /** A pause lasted longer than the server allows. */
    TIMEOUT("timeout"),
    /** The server stops. */
    SHUTDOWN("shutdown"),
    /** The client shut down its sending side; the request goes on for now (P28). */
    HALF_CLOSED("half-closed");

    private final String text;

    CloseReason(String text) {
        this.text = text;
    }

    /** The word that Python applications see. */
    public String text() {
        return text;
    }

    /** {@code environ["pausa.close_reason"]}: answers from any thread as soon as the server knows. */
    @FunctionalInterface
    public interface Query {
        /** {@code null} while the request is alive. */
        @Nullable
        CloseReason get();
    }
}
