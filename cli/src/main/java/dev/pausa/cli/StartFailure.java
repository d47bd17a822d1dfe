package dev.pausa.cli;

/** The server cannot start for a reason that the user can remove; the message says what and how. */
final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message, null, false, false);
    }
}
