package dev.pausa.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/** The log on stderr, in gunicorn's style: {@code [2026-11-22 16:40:01 +0000] [4711] [INFO] text}. */
final class Logging {
    /** What the command itself says while it serves. */
    static final Logger LOG = Logger.getLogger("dev.pausa.cli");

    /** The parent of all of the project's; held, or its level could be collected with it. */
    private static final Logger OURS = Logger.getLogger("dev.pausa");

    private Logging() {}

    /** Sends everything that is logged in this process to stderr, from this level on. */
    static void configure(Level level) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new Flushed(new FileOutputStream(FileDescriptor.err), new Format(Main.terminal("stderr"))));
        root.setLevel(level.intValue() < Level.INFO.intValue() ? Level.INFO : level);
        // Netty tells every of its settings at debug level: only what is ours becomes that chatty.
        OURS.setLevel(level);
    }

    /** A line reaches stderr at once. */
    private static final class Flushed extends StreamHandler {
        Flushed(OutputStream out, Formatter format) {
            super(out, format);
            setLevel(Level.ALL);
        }

        @Override
        public synchronized void publish(LogRecord entry) {
            super.publish(entry);
            flush();
        }

        /** Leaves stderr open, at the end of the JVM as well: it is Python's, too. */
        @Override
        public synchronized void close() {
            flush();
        }
    }

    /** One entry: the head, the message, and what was thrown, a Python exception as Python prints it. */
    static final class Format extends Formatter {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx", Locale.ROOT)
                .withZone(ZoneId.systemDefault());

        private final long pid = ProcessHandle.current().pid();
        private final boolean colours;

        Format(boolean colours) {
            this.colours = colours;
        }

        @Override
        public String format(LogRecord entry) {
            var text = new StringBuilder("[")
                    .append(TIME.format(entry.getInstant()))
                    .append("] [")
                    .append(pid)
                    .append("] [")
                    .append(coloured(entry.getLevel()))
                    .append("] ")
                    .append(formatMessage(entry))
                    .append('\n');
            Throwable thrown = entry.getThrown();
            if (thrown != null) {
                var trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace, true));
                text.append(trace);
            }
            return text.toString();
        }

        private String coloured(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return paint("31", "ERROR");
            } else if (level.intValue() >= Level.WARNING.intValue()) {
                return paint("33", "WARNING");
            } else if (level.intValue() >= Level.INFO.intValue()) {
                return paint("32", "INFO");
            }
            return paint("36", "DEBUG");
        }

        private String paint(String colour, String name) {
            return colours ? "\u001b[" + colour + "m" + name + "\u001b[0m" : name;
        }
    }
}
