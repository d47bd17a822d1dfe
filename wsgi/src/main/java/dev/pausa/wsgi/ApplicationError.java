package dev.pausa.wsgi;

/** The application broke the contract: its fault, not the client's and not the server's. Answered with 500. */
public class ApplicationError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says which rule was broken and what was found. */
    public ApplicationError(String message) {
        super(message);
    }
}
