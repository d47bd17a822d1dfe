package dev.pausa.server.netty;

import dev.pausa.server.UnderscoreField;
import dev.pausa.wsgi.Name;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which fields besides the known ones become variables. A variable has one spelling: hyphens, or the one with underscores
 * that was allowed by name; another one would pass for it (CVE-2015-0219). Any thread.
 */
final class OtherFields {
    /** Lines of the log, at most. */
    private static final int TOLD = 100;

    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    /** From variables to the spelling, in lower case, that makes them. */
    private final Map<String, String> allowed;

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    OtherFields(List<UnderscoreField> allowed) {
        this.allowed = allowed.stream()
                .collect(Collectors.toUnmodifiableMap(
                        UnderscoreField::variable, field -> lower(field.name()), (first, _) -> first));
    }

    /** The name of the variable, or {@code null}: the field is dropped, which is told once for each spelling. */
    @Nullable
    Name name(byte[] bytes, int offset, int length) {
        boolean underscore = underscore(bytes, offset, length);
        if (!underscore && allowed.isEmpty()) {
            return FieldNames.other(bytes, offset, length);
        }
        String field = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        Name name = FieldNames.other(bytes, offset, length);
        String spelling = allowed.get(name.text());
        if (spelling == null ? !underscore : spelling.equals(lower(field))) {
            return name;
        }
        tell(field, spelling);
        return null;
    }

    private void tell(String field, @Nullable String spelling) {
        if (told.size() < TOLD && told.add(lower(field))) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "[client] field {0} dropped: it would pass for {1} (told once)",
                    field,
                    spelling == null ? field.replace('_', '-') : spelling);
        }
    }

    private static boolean underscore(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '_') {
                return true;
            }
        }
        return false;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
