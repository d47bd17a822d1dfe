package dev.pausa.wsgi;

import java.io.IOException;

/** The client left before the request was over, or cut its body short (P27, P60). An {@code OSError} in Python. */
public class ClientDisconnected extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says what was going on when the client left. */
    public ClientDisconnected(String message) {
        super(message);
    }
}
