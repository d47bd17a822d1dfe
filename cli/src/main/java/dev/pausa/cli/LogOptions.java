package dev.pausa.cli;

import dev.pausa.server.AccessLog;
import dev.pausa.server.Reporting;
import java.nio.file.Path;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is written where. */
final class LogOptions {
    @Option(
            names = "--access-logfile",
            paramLabel = "FILE",
            description = "Write a line for each request to this file, or to stdout (-). Default: none.")
    @Nullable
    String accessLogfile;

    @Option(
            names = "--access-logformat",
            paramLabel = "FORMAT",
            description = "The line, with gunicorn's atoms and %%(id)s, the request's id. Default: gunicorn's.")
    String accessLogformat = AccessLog.DEFAULT_FORMAT;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "Least level of the log on stderr: debug, info, warning, error. Default: info.")
    LogLevel level = LogLevel.INFO;

    @Option(
            names = "--request-id-header",
            paramLabel = "NAME",
            converter = Converters.FieldName.class,
            description =
                    "Send the id of each request in this response field, X-Request-ID for instance, take it from there"
                            + " if a trusted proxy sent one, and put it into environ as pausa.request_id."
                            + " Default: ids are in logs and error pages only.")
    @Nullable
    String requestIdHeader;

    @Option(names = "--debug", description = "Show tracebacks to clients, on error pages. For loopback addresses only.")
    boolean debug;

    @Option(
            names = {"-p", "--pid"},
            paramLabel = "FILE",
            description = "Write the process id to this file while the server runs.")
    @Nullable
    Path pid;

    /** Request ids and error pages. */
    Reporting reporting() {
        return new Reporting(debug, requestIdHeader);
    }

    /** gunicorn's levels. */
    enum LogLevel {
        DEBUG,
        INFO,
        WARNING,
        ERROR,
        CRITICAL;

        Level level() {
            return switch (this) {
                case DEBUG -> Level.FINE;
                case INFO -> Level.INFO;
                case WARNING -> Level.WARNING;
                case ERROR, CRITICAL -> Level.SEVERE;
            };
        }
    }
}
