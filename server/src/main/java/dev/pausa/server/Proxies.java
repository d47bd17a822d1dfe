package dev.pausa.server;

import dev.pausa.wsgi.Name;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Whom the server believes about its clients, and what.
 *
 * @param trusted peers whose {@code fields} are believed. Clients on Unix sockets are, too: the mode of the file says who
 *     they can be. {@code *} trusts whoever connects, but takes no address in a field for a proxy's
 * @param fields that trusted peers set; the others are deleted, as all are that come from anybody else
 * @param protocol whether connections begin with a header of the PROXY protocol
 * @param senders peers that may connect if they must begin with such a header; clients on Unix sockets may
 * @param rootPath the part of the path that clients see in front of the application's: empty, or beginning with a slash and
 *     not ending with one
 */
public record Proxies(Networks trusted, Set<Field> fields, Protocol protocol, Networks senders, String rootPath) {
    /** Trusts this machine in all fields; no PROXY protocol, no root path. */
    public static final Proxies DEFAULT =
            new Proxies(Networks.LOOPBACK, EnumSet.allOf(Field.class), Protocol.OFF, Networks.LOOPBACK, "");

    /** A field by which proxies tell about the client. */
    public enum Field {
        /** RFC 7239; not looked at beside one of the next three. */
        FORWARDED,
        /** The addresses that the request came through, the client's on the left. */
        X_FORWARDED_FOR,
        /** {@code http} or {@code https}. */
        X_FORWARDED_PROTO,
        /** The client's {@code Host}. */
        X_FORWARDED_HOST,
        /** The port that the client connected to. */
        X_FORWARDED_PORT,
        /** What the proxy cut from the path. */
        X_FORWARDED_PREFIX;

        private final String field = name().toLowerCase(Locale.ROOT).replace('_', '-');
        private final String variable = "HTTP_" + name();

        /** The name of the field, in lower case. */
        public String field() {
            return field;
        }

        /** The name of its variable. */
        public Name variable() {
            return Name.of(variable);
        }
    }

    /** The PROXY protocol. */
    public enum Protocol {
        /** Connections begin with HTTP. */
        OFF,
        /** Each connection begins with a line of text. */
        V1,
        /** Each connection begins with a binary header. */
        V2,
        /** Each connection begins with one or the other. */
        AUTO
    }

    /** Copies the set and refuses what cannot work. */
    public Proxies {
        fields = fields.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(fields));
        if (!rootPath.isEmpty() && (!rootPath.startsWith("/") || rootPath.startsWith("//") || rootPath.endsWith("/"))) {
            throw new IllegalArgumentException("not a root path: '" + rootPath + "'");
        }
    }
}
