package dev.pausa.wsgi;

/**
 * {@code environ["wsgi.pause_output"]}: "I have no output now; do not step me until I am resumed" (P1 to P6).
 *
 * <p>Called from any thread, from step 0 until the request ends. It takes effect when the running step returns.
 */
@FunctionalInterface
public interface PauseOutput {
    /** Opens an epoch or joins the open one; after closing began the resume is dead (P5, P6). */
    Resume pause();
}
