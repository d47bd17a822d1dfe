package dev.pausa.cli;

/** What the user wants served. */
sealed interface Target {
    /** The target as the user wrote it. */
    String text();

    /**
     * An application in Python, which the bridge's part in Python finds and loads.
     *
     * @param text {@code module[:attribute]}, {@code module:factory()} or {@code path/to/file.py[:attribute]}
     */
    record Python(String text) implements Target {}

    /**
     * An application in Java.
     *
     * @param className of a public class that implements {@code Application} and has a constructor without parameters
     */
    record Java(String className) implements Target {
        @Override
        public String text() {
            return PREFIX + className;
        }
    }

    /** What a target in Java begins with. */
    String PREFIX = "java:";

    static Target parse(String text) {
        return text.startsWith(PREFIX) ? new Java(text.substring(PREFIX.length())) : new Python(text);
    }
}
