package dev.pausa.server.netty;

import java.util.ArrayList;
import java.util.List;

/** The Accept fields of a request (RFC 9110, 12.5.1): how much the client likes a media type. Members that are malformed are ignored. */
final class Accept {
    /** What a type without a range that matches is worth: nothing. */
    private static final int NOTHING = 0;

    private static final int MOST = 1000;

    private final List<Range> ranges = new ArrayList<>();
    private final boolean absent;

    /** A media range; {@code quality} in thousandths. */
    private record Range(String type, String subtype, int quality) {
        /** How closely it names the type: -1 if not at all, 2 for itself, 1 for {@code text/*}, 0 for everything. */
        int matches(String otherType, String otherSubtype) {
            if (type.equals("*")) {
                return 0;
            }
            if (!type.equalsIgnoreCase(otherType)) {
                return -1;
            }
            return subtype.equals("*") ? 1 : subtype.equalsIgnoreCase(otherSubtype) ? 2 : -1;
        }
    }

    /** {@code values}: the field's lines. */
    Accept(List<String> values) {
        absent = values.isEmpty();
        for (String value : values) {
            members(value, ',').forEach(this::add);
        }
    }

    /** 0, not acceptable, to 1000: of the range that names the type most closely; 1000 for any without the field. */
    int quality(String type, String subtype) {
        int quality = absent ? MOST : NOTHING;
        int closest = -1;
        for (Range range : ranges) {
            int matches = range.matches(type, subtype);
            if (matches > closest) {
                closest = matches;
                quality = range.quality;
            }
        }
        return quality;
    }

    /** A range with parameters is for a variant: only that of UTF-8 is one of ours. */
    private void add(String member) {
        List<String> parts = members(member, ';');
        String range = parts.getFirst().strip();
        int slash = range.indexOf('/');
        if (slash < 1 || slash == range.length() - 1 || range.startsWith("*/") && !range.equals("*/*")) {
            return;
        }
        int quality = MOST;
        for (String part : parts.subList(1, parts.size())) {
            String parameter = part.strip();
            if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
                quality = quality(parameter.substring(2));
                break; // Accept parameters, which are no longer in use, would follow.
            }
            if (!parameter.isEmpty() && !parameter.replace("\"", "").equalsIgnoreCase("charset=utf-8")) {
                return;
            }
        }
        if (quality >= 0) {
            ranges.add(new Range(range.substring(0, slash), range.substring(slash + 1), quality));
        }
    }

    /** Thousandths of a qvalue (RFC 9110, 12.4.2), or -1. */
    private static int quality(String text) {
        boolean one = text.matches("1(\\.0{0,3})?");
        if (one || !text.matches("0(\\.[0-9]{0,3})?")) {
            return one ? MOST : -1;
        }
        String decimals = text.length() > 2 ? text.substring(2) : "";
        return Integer.parseInt((decimals + "000").substring(0, 3));
    }

    /** Splits at a separator, but not within quoted strings. */
    private static List<String> members(String text, char separator) {
        List<String> members = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                members.add(text.substring(from, i));
                from = i + 1;
            }
        }
        members.add(text.substring(from));
        return members;
    }
}
