package dev.pausa.server.netty;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Whose fault it is (D13): the first word of each log line on a request that did not go well. */
enum Fault {
    /** The client broke a rule or was too slow. */
    CLIENT("[client] "),
    /** The application raised, or broke its contract. */
    APPLICATION("[application] "),
    /** The server has too much to do, stops, or has a bug. */
    SERVER("[server] ");

    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    private final String prefix;

    Fault(String prefix) {
        this.prefix = prefix;
    }

    /** Whose fault the server's own response with this status is. */
    static Fault of(int status) {
        return status == 503 ? SERVER : CLIENT;
    }

    /** Logs {@code what} happened to {@code subject}, a request or a client, whose text is made if the level is logged. */
    void log(Level level, Object subject, String what) {
        log(level, subject, what, null);
    }

    void log(Level level, Object subject, String what, @Nullable Throwable thrown) {
        if (!LOG.isLoggable(level)) {
            return;
        }
        String line = prefix + subject + ": " + what;
        if (thrown == null) {
            LOG.log(level, line);
        } else {
            LOG.log(level, line, thrown);
        }
    }
}
