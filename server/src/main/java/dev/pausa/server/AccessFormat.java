package dev.pausa.server;

import dev.pausa.server.RequestListener.Request;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Variables;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** gunicorn's access-log atoms. Used by one thread at a time. */
final class AccessFormat {
    private static final Pattern ATOM = Pattern.compile("%(?:%|\\((?:\\{([^}]+)\\}([ioe])|([^)]+))\\)s)");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ENGLISH)
            .withZone(ZoneId.systemDefault());

    private final List<Atom> atoms;
    private long second = Long.MIN_VALUE;
    private String time = "";

    private AccessFormat(List<Atom> atoms) {
        this.atoms = List.copyOf(atoms);
    }

    /** A part of a line. */
    private sealed interface Atom {
        record Text(String text) implements Atom {}

        record Letter(String name) implements Atom {}

        record RequestField(String variable) implements Atom {}

        record ResponseField(String name) implements Atom {}

        record Variable(String name) implements Atom {}
    }

    static AccessFormat parse(String format) {
        List<Atom> atoms = new ArrayList<>();
        Matcher matcher = ATOM.matcher(format);
        int from = 0;
        while (matcher.find()) {
            text(atoms, format.substring(from, matcher.start()));
            atoms.add(atom(matcher));
            from = matcher.end();
        }
        text(atoms, format.substring(from));
        return new AccessFormat(atoms);
    }

    private static void text(List<Atom> atoms, String text) {
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException("access log format: no atom begins here: " + text);
        }
        atoms.add(new Atom.Text(text));
    }

    private static Atom atom(Matcher matcher) {
        String name = matcher.group(1);
        if (name == null) {
            String letter = matcher.group(3);
            return letter == null ? new Atom.Text("%") : new Atom.Letter(letter);
        }
        return switch (matcher.group(2)) {
            case "i" -> new Atom.RequestField(variable(name));
            case "o" -> new Atom.ResponseField(name);
            default -> new Atom.Variable(name);
        };
    }

    private static String variable(String field) {
        String name = field.toUpperCase(Locale.ROOT).replace('-', '_');
        return name.equals("CONTENT_TYPE") || name.equals("CONTENT_LENGTH") ? name : "HTTP_" + name;
    }

    void append(StringBuilder line, Request request) {
        for (Atom atom : atoms) {
            switch (atom) {
                case Atom.Text(String text) -> line.append(text);
                case Atom.Letter(String name) -> escape(line, letter(name, request));
                case Atom.RequestField(String variable) -> escape(line, variable(request, variable));
                case Atom.Variable(String name) -> escape(line, left(request, name));
                case Atom.ResponseField(String name) -> escape(line, header(request, name));
            }
        }
    }

    private @Nullable String letter(String name, Request request) {
        return switch (name) {
            case "h" -> variable(request, "REMOTE_ADDR");
            case "u" -> user(variable(request, "HTTP_AUTHORIZATION"));
            case "t" -> time(request.begunMillis() + request.tookNanos() / 1_000_000);
            case "r" ->
                variable(request, "REQUEST_METHOD") + " " + variable(request, "RAW_URI") + " "
                        + variable(request, "SERVER_PROTOCOL");
            case "m" -> variable(request, "REQUEST_METHOD");
            case "U" -> variable(request, "PATH_INFO");
            case "q" -> variable(request, "QUERY_STRING");
            case "H" -> variable(request, "SERVER_PROTOCOL");
            case "s" -> Integer.toString(request.status());
            case "B", "b" -> Long.toString(request.bytes());
            case "f" -> variable(request, "HTTP_REFERER");
            case "a" -> variable(request, "HTTP_USER_AGENT");
            case "T" -> Long.toString(request.tookNanos() / 1_000_000_000);
            case "M" -> Long.toString(request.tookNanos() / 1_000_000);
            case "D" -> Long.toString(request.tookNanos() / 1_000);
            case "L" -> seconds(request.tookNanos() / 1_000);
            case "id" -> request.id().get();
            case "p" -> "<" + ProcessHandle.current().pid() + ">";
            default -> null;
        };
    }

    private static String seconds(long micros) {
        String fraction = Long.toString(micros % 1_000_000);
        return micros / 1_000_000 + "." + "0".repeat(6 - fraction.length()) + fraction;
    }

    private String time(long millis) {
        if (millis / 1000 != second) {
            second = millis / 1000;
            time = TIME.format(Instant.ofEpochMilli(millis));
        }
        return time;
    }

    /** The user of Basic credentials (RFC 7617). */
    private static @Nullable String user(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(authorization.substring(6).strip());
            String pair = new String(decoded, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 1 ? null : pair.substring(0, colon);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    /** A variable by its name in any case, as it came, whatever the application made of its environ. */
    private static @Nullable String variable(Request request, String name) {
        Variables variables = request.environ().variables();
        for (int i = 0; i < variables.size(); i++) {
            if (variables.name(i).text().equalsIgnoreCase(name)) {
                return variables.text(i);
            }
        }
        return null;
    }

    /** A variable as an application or middleware in Java left it; as it came, if that took it away. */
    private static @Nullable String left(Request request, String name) {
        Object value = request.environ().get(name);
        return value == null ? variable(request, name) : value.toString();
    }

    private static @Nullable String header(Request request, String name) {
        for (Header header : request.headers()) {
            if (header.name().equalsIgnoreCase(name)) {
                return header.value();
            }
        }
        return null;
    }

    /** Quotes and control characters would let a client forge lines. */
    private static void escape(StringBuilder line, @Nullable String text) {
        if (text == null) {
            line.append('-');
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                line.append("\\\"");
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                line.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                line.append(c);
            }
        }
    }
}
