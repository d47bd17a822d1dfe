package dev.pausa.server.netty;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy says in {@code Forwarded} (RFC 7239, 4). Parameters that are not defined there, and {@code by}, are read and
 * left out.
 *
 * @param node whom the proxy received the request from ({@code for}), or {@code null}
 * @param proto the scheme by which it did, or {@code null}
 * @param host the {@code Host} that it received, or {@code null}
 */
record ForwardedElement(
        @Nullable Node node,
        @Nullable String proto,
        @Nullable String host) {
    /**
     * Reads a field value: at least one element, the client's proxy first.
     *
     * @throws ForwardingRefused if it is not what the grammar says; white space around semicolons is let pass
     */
    static List<ForwardedElement> parse(String value) {
        Scanner scanner = new Scanner(value);
        List<ForwardedElement> elements = new ArrayList<>();
        scanner.skip(" \t,");
        while (!scanner.ended()) {
            elements.add(element(scanner));
            scanner.skip(" \t,");
        }
        if (elements.isEmpty()) {
            throw scanner.refused();
        }
        return elements;
    }

    /** {@code [ forwarded-pair ] *( ";" [ forwarded-pair ] )}. */
    private static ForwardedElement element(Scanner scanner) {
        Node node = null;
        String proto = null;
        String host = null;
        Set<String> names = new HashSet<>();
        while (scanner.inElement()) {
            String name = scanner.token().toLowerCase(Locale.ROOT);
            scanner.equalsSign();
            String value = scanner.value();
            scanner.endOfPair();
            if (!names.add(name)) {
                throw scanner.refused();
            }
            switch (name) {
                case "for" -> {
                    node = Node.parse(value, false);
                    if (node == null) {
                        throw scanner.refused();
                    }
                }
                case "proto" -> proto = value;
                case "host" -> host = value;
                default -> {}
            }
        }
        return new ForwardedElement(node, proto, host);
    }

    /** A place in a field value. */
    private static final class Scanner {
        private static final String SYMBOLS = "!#$%&'*+-.^_`|~";

        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        boolean ended() {
            return at >= text.length();
        }

        void skip(String characters) {
            while (!ended() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        /** Whether a pair follows; otherwise the element ends. */
        boolean inElement() {
            skip(" \t;");
            return !ended() && text.charAt(at) != ',';
        }

        String token() {
            int from = at;
            while (!ended() && tchar(text.charAt(at))) {
                at++;
            }
            if (at == from) {
                throw refused();
            }
            return text.substring(from, at);
        }

        void equalsSign() {
            if (ended() || text.charAt(at++) != '=') {
                throw refused();
            }
        }

        String value() {
            return ended() || text.charAt(at) != '"' ? token() : quotedString();
        }

        /** RFC 9110, 5.6.4. */
        private String quotedString() {
            StringBuilder unquoted = new StringBuilder();
            for (at++; !ended() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\') {
                    at++;
                }
                if (!ended()) {
                    unquoted.append(text.charAt(at));
                }
            }
            if (ended()) {
                throw refused();
            }
            at++;
            return unquoted.toString();
        }

        void endOfPair() {
            skip(" \t");
            if (!ended() && text.charAt(at) != ';' && text.charAt(at) != ',') {
                throw refused();
            }
        }

        ForwardingRefused refused() {
            return new ForwardingRefused("the Forwarded field is malformed");
        }

        private static boolean tchar(char c) {
            return (c >= '0' && c <= '9')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || SYMBOLS.indexOf(c) >= 0;
        }
    }
}
