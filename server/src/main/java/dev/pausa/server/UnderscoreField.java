package dev.pausa.server;

import dev.pausa.wsgi.Name;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A header field whose name has an underscore and which the application gets all the same: {@code Foo_Bar} becomes
 * {@code HTTP_FOO_BAR}, and no other spelling of that variable does, {@code Foo-Bar} least of all: whoever sets
 * {@code Foo_Bar}, a proxy for example, is believed, and a client that writes the other one is not.
 *
 * @param name in any case; a token (RFC 9110, 5.6.2) with an underscore
 */
public record UnderscoreField(String name) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** Names that every client may send, spelled as variables: for these only the spelling with hyphens is taken. */
    private static final Set<String> COMMON = Stream.concat(
                    Name.shared().stream(), Stream.of("HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE"))
            .collect(Collectors.toUnmodifiableSet());

    /** Refuses what is no field name, has no underscore, or would take the place of a field that clients send. */
    public UnderscoreField {
        if (!name.matches(TOKEN)) {
            throw new IllegalArgumentException("'" + name + "' is no field name");
        }
        if (name.indexOf('_') < 0) {
            throw new IllegalArgumentException("'" + name + "' has no underscore and needs no leave");
        }
        if (COMMON.contains(variable(name))) {
            throw new IllegalArgumentException("'" + name + "' would take the place of " + name.replace('_', '-'));
        }
    }

    /** The variable that it becomes. */
    public String variable() {
        return variable(name);
    }

    private static String variable(String name) {
        return "HTTP_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
