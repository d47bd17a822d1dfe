package dev.pausa.server;

import dev.pausa.exchange.PausePolicy;
import dev.pausa.wsgi.Application;

/**
 * An application and who runs it.
 *
 * @param application called for each request
 * @param worker its threads; whoever made it stops it, after the server
 * @param pauses how pauses are treated
 */
public record Mount(Application application, Worker worker, PausePolicy pauses) {}
