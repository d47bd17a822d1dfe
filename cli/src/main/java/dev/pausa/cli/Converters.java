package dev.pausa.cli;

import dev.pausa.server.Listener;
import dev.pausa.server.Networks;
import dev.pausa.server.Proxies;
import dev.pausa.server.Reporting;
import dev.pausa.server.UnderscoreField;
import dev.pausa.wsgi.Name;
import java.math.BigDecimal;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options, with the ranges that they may have. */
final class Converters {
    private Converters() {}

    /** A whole number from 1. */
    static final class Positive implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return (int) number(value, 1, Integer.MAX_VALUE);
        }
    }

    /** A whole number from 0. */
    static final class Natural implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            return (int) number(value, 0, Integer.MAX_VALUE);
        }
    }

    /** A number of bytes from 0. */
    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            return number(value, 0, Long.MAX_VALUE);
        }
    }

    /** Seconds from 0, with decimals if need be. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return seconds(value, false);
        }
    }

    /** Seconds above 0, with decimals if need be. */
    static final class PositiveSeconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            return seconds(value, true);
        }
    }

    /** The name of a header field with an underscore. */
    static final class Underscored implements ITypeConverter<UnderscoreField> {
        @Override
        public UnderscoreField convert(String value) {
            try {
                return new UnderscoreField(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** {@code HOST[:PORT]}, {@code :PORT}, {@code [IPv6]:PORT}, {@code unix:PATH}, {@code fd://N}. */
    static final class Address implements ITypeConverter<Listener> {
        @Override
        public Listener convert(String value) {
            try {
                return Listener.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Addresses and networks, or {@code *}. */
    static final class Addresses implements ITypeConverter<Networks> {
        @Override
        public Networks convert(String value) {
            try {
                return Networks.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** The name of a field by which proxies tell about the client, in any case. */
    static final class ForwardingField implements ITypeConverter<Proxies.Field> {
        @Override
        public Proxies.Field convert(String value) {
            for (Proxies.Field field : Proxies.Field.values()) {
                if (field.field().equalsIgnoreCase(value.strip())) {
                    return field;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of the fields that proxies set");
        }
    }

    /** A path in front of the application's; {@code /} is none. */
    static final class RootPath implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            if (!value.matches("(/[^/?#]+)*/?")) {
                throw new TypeConversionException("'" + value + "' is no path such as /app");
            }
            return value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
        }
    }

    /** The mode of a file, in octal digits. */
    static final class Mode implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String value) {
            if (!value.matches("0?[0-7]{3}")) {
                throw new TypeConversionException("'" + value + "' is no mode such as 660");
            }
            return Integer.parseInt(value, 8);
        }
    }

    /** {@code KEY=VALUE}. */
    static final class Variable implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            if (value.indexOf('=') < 1) {
                throw new TypeConversionException("'" + value + "' is not KEY=VALUE");
            }
            return value;
        }
    }

    /** {@code KEY=VALUE} for the environ: nothing that the server itself puts there, and code points up to U+00FF. */
    static final class EnvironVariable implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            String variable = new Variable().convert(value);
            String key = variable.substring(0, variable.indexOf('='));
            if (key.matches("(wsgi\\.|pausa\\.|HTTP_).*") || Name.of(key).number() >= 0) {
                throw new TypeConversionException("'" + key + "' is the server's own variable; choose another name");
            }
            if (!key.matches("[!-~]+")) {
                throw new TypeConversionException("'" + key + "' is no name of a variable: only visible ASCII is");
            }
            if (variable.chars().anyMatch(c -> c > 0xff)) {
                throw new TypeConversionException(
                        "'" + value + "' has a character beyond U+00FF, which PEP 3333 forbids");
            }
            return variable;
        }
    }

    /** The name of a header field. */
    static final class FieldName implements ITypeConverter<String> {
        @Override
        public String convert(String value) {
            if (!value.matches(Reporting.FIELD_NAME)) {
                throw new TypeConversionException("'" + value + "' is not the name of a header field");
            }
            return value;
        }
    }

    private static long number(String value, long least, long most) {
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        throw new TypeConversionException("'" + value + "' is not a whole number from " + least);
    }

    private static Duration seconds(String value, boolean positive) {
        try {
            BigDecimal seconds = new BigDecimal(value);
            int sign = seconds.signum();
            // A year is for ever, and nanoseconds still fit.
            if ((positive ? sign > 0 : sign >= 0) && seconds.compareTo(BigDecimal.valueOf(31_536_000)) <= 0) {
                return Duration.ofNanos(seconds.movePointRight(9).longValue());
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        throw new TypeConversionException(
                "'" + value + "' is not a number of seconds " + (positive ? "above 0" : "from 0"));
    }
}
