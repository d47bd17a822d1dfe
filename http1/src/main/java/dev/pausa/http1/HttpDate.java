package dev.pausa.http1;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Dates as HTTP writes them: {@code IMF-fixdate}, as in {@code Sun, 06 Nov 1994 08:49:37 GMT} (RFC 9110, 5.6.7). */
public final class HttpDate {
    /** Not {@code RFC_1123_DATE_TIME}, which writes days below ten with one digit. */
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private HttpDate() {}

    /**
     * Formats a point in time; any thread.
     *
     * @param epochSeconds seconds since 1970 in UTC, in the years 0001 to 9999
     */
    public static String format(long epochSeconds) {
        return IMF_FIXDATE.format(LocalDateTime.ofEpochSecond(epochSeconds, 0, ZoneOffset.UTC));
    }
}
