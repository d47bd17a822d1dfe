package dev.pausa.http1;

/** Carries a {@link Refusal} from where the bytes are judged to {@link RequestReader#next}; it never gets further. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    final transient Refusal refusal;

    private Refused(Refusal refusal) {
        super(refusal.reason(), null, false, false);
        this.refusal = refusal;
    }

    /** A 400. */
    static Refused bad(String rule, String reason) {
        return with(400, rule, reason);
    }

    static Refused with(int status, String rule, String reason) {
        return new Refused(new Refusal(status, rule, reason));
    }

    /** A 400 for a byte that may not stand where it does, whatever the byte is. */
    static Refused badByte(String rule, byte found, String where) {
        return bad(rule, name(found) + " " + where);
    }

    private static String name(byte b) {
        return switch (b) {
            case '\n' -> "a bare line feed";
            case '\r' -> "a carriage return";
            case '\t' -> "a tab";
            case ' ' -> "a space";
            case 0 -> "a NUL";
            default -> b > 0x20 && b < 0x7F ? "'" + (char) b + "'" : "byte 0x%02X".formatted(b);
        };
    }
}
