package dev.pausa.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LoggingTest {
    private static LogRecord entry(Level level, String message, Object... parameters) {
        var entry = new LogRecord(level, message);
        entry.setParameters(parameters);
        return entry;
    }

    @Test
    void lineInGunicornsStyle() {
        String line = new Logging.Format(false).format(entry(Level.SEVERE, "{0} lines", 3));
        assertTrue(
                line.matches(
                        "\\[\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}\\] \\[\\d+\\] \\[ERROR\\] 3 lines\n"),
                line);
    }

    @Test
    void coloursOnlyWhenAsked() {
        assertTrue(new Logging.Format(true).format(entry(Level.INFO, "x")).contains("\u001b[32mINFO\u001b[0m"));
    }

    @Test
    void whatWasThrownFollows() {
        LogRecord entry = entry(Level.WARNING, "x");
        entry.setThrown(new IllegalStateException("boom"));
        String text = new Logging.Format(false).format(entry);
        assertTrue(text.contains("x\njava.lang.IllegalStateException: boom\n\tat "), text);
    }
}
