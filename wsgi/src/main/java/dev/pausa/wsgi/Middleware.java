package dev.pausa.wsgi;

/**
 * An application wrapped around an application (PEP 3333, "Middleware: Components that Play Both Sides").
 *
 * <p>Middleware yields one chunk for each chunk of its child, an empty one if need be, and never steps its child twice
 * in one step of its own (P40); if it cannot, it removes {@link Environ#PAUSE_OUTPUT} from what it hands down (P41).
 */
@FunctionalInterface
public interface Middleware {
    /** Returns an application that hands on to {@code inner}. */
    Application wrap(Application inner);

    /** Returns this middleware around {@code next}: this one sees the request first. */
    default Middleware then(Middleware next) {
        return inner -> wrap(next.wrap(inner));
    }
}
