package dev.pausa.cli;

import dev.pausa.server.AccessLog;
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
            description = "The line, with gunicorn's atoms. Default: gunicorn's.")
    String accessLogformat = AccessLog.DEFAULT_FORMAT;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            description = "Least level of the log on stderr: debug, info, warning, error. Default: info.")
    LogLevel level = LogLevel.INFO;

    @Option(
            names = {"-p", "--pid"},
            paramLabel = "FILE",
            description = "Write the process id to this file while the server runs.")
    @Nullable
    Path pid;

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
