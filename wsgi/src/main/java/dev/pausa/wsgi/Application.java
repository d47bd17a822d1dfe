package dev.pausa.wsgi;

/** A WSGI application (PEP 3333, "The Application/Framework Side"). Called once for each request, from any thread. */
@FunctionalInterface
public interface Application {
    /**
     * Answers one request.
     *
     * @param environ the request; the application may change it
     * @param startResponse called once before the first non-empty chunk of the body, in any step
     * @return the body, whose {@link Body#close()} the server calls exactly once
     * @throws Exception an error of the application: 500 if nothing was sent, otherwise an end that the client can see
     */
    Body call(Environ environ, StartResponse startResponse) throws Exception;
}
