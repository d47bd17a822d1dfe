package dev.pausa.server.netty;

import dev.pausa.http1.RequestHead;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From a request head to an environ (PEP 3333, "environ Variables"; RFC 3875, 4.1): slices of the head's own bytes, no
 * Strings.
 *
 * <p>A field whose name has an underscore is dropped ({@link OtherFields}); {@code Proxy} is, because {@code HTTP_PROXY} is
 * a setting of many HTTP clients (CVE-2016-1000110); {@code Transfer-Encoding} is, because the application reads a body
 * that is decoded; what a peer that is not trusted says of others is ({@link Forwarding}).
 */
final class EnvironFactory {
    private static final Map<String, Object> CONSTANTS = Map.of(
            "wsgi.version", List.of(1, 0),
            "wsgi.multithread", true,
            "wsgi.multiprocess", false,
            "wsgi.run_once", false,
            "wsgi.input_terminated", true,
            "SERVER_SOFTWARE", "pausa/0.1.0");

    /** So many variables, at most, come from elsewhere than the fields of the head. */
    private static final int OWN = 14;

    private static final Name REQUEST_METHOD = Name.of("REQUEST_METHOD");
    private static final Name SERVER_NAME = Name.of("SERVER_NAME");
    private static final Name SERVER_PORT = Name.of("SERVER_PORT");
    private static final Name SERVER_PROTOCOL = Name.of("SERVER_PROTOCOL");
    private static final Name REMOTE_ADDR = Name.of("REMOTE_ADDR");
    private static final Name REMOTE_PORT = Name.of("REMOTE_PORT");
    private static final Name URL_SCHEME = Name.of("wsgi.url_scheme");
    private static final Name HOST = Name.of("HTTP_HOST");
    private static final Name HTTPS = Name.of("HTTPS");
    private static final Name COOKIE = Name.of("HTTP_COOKIE");

    private static final byte[] HTTP = ascii("http");
    private static final byte[] SECURE = ascii("https");
    private static final byte[] ON = ascii("on");
    private static final byte[] HTTP_1_0 = ascii("HTTP/1.0");
    private static final byte[] HTTP_1_1 = ascii("HTTP/1.1");
    private static final byte[] PROXY = ascii("proxy");
    private static final byte[] X_FORWARDED = ascii("x-forwarded-");
    private static final byte[] TRANSFER_ENCODING = ascii("transfer-encoding");

    private EnvironFactory() {}

    /** The constant part of each environ, with what the mount adds or knows better. */
    static Map<String, Object> constants(Map<String, Object> mount) {
        Map<String, Object> all = new HashMap<>(CONSTANTS);
        all.putAll(mount);
        return Map.copyOf(all);
    }

    /**
     * The environ of a request.
     *
     * @throws ForwardingRefused if the peer is trusted and says of the client what cannot be understood
     */
    static Environ environ(RequestHead head, Peer peer, Service service) {
        Variables variables = new Variables(head.fields() + OWN);
        String method = head.method();
        variables.add(REQUEST_METHOD, head.bytes(), head.targetOffset() - 1 - method.length(), method.length());
        Target.add(variables, head, service.rootPath);
        variables.add(SERVER_PROTOCOL, head.minorVersion() == 0 ? HTTP_1_0 : HTTP_1_1);
        variables.add(SERVER_NAME, peer.serverName());
        variables.add(SERVER_PORT, peer.serverPort());
        variables.add(REMOTE_ADDR, peer.remoteAddress());
        if (peer.remotePort().length > 0) {
            variables.add(REMOTE_PORT, peer.remotePort());
        }
        variables.add(URL_SCHEME, peer.secure() ? SECURE : HTTP);
        if (peer.secure()) {
            variables.add(HTTPS, ON);
        }
        if ((addFields(variables, head, peer, service.otherFields) & Forwarding.FIELDS) != 0) {
            Forwarding.apply(variables, peer.trusted(), service.config.proxies());
        }
        return new Environ(variables, service.constants);
    }

    /** Answers which of the first 64 shared names came, a bit for each. */
    private static long addFields(Variables variables, RequestHead head, Peer peer, OtherFields others) {
        byte[] bytes = head.bytes();
        int first = variables.size();
        long seen = 0;
        for (int i = 0; i < head.fields(); i++) {
            int offset = head.nameOffset(i);
            int length = head.nameLength(i);
            Name name = FieldNames.known(bytes, offset, length);
            if (name == null) {
                if (dropped(bytes, offset, length)
                        || (!peer.trusted() && FieldNames.startsWith(X_FORWARDED, bytes, offset, length))) {
                    continue;
                }
                name = others.name(bytes, offset, length);
                if (name == null) {
                    continue;
                }
            }
            // The others are looked for.
            long bit = name.number() >= 0 && name.number() < 64 ? 1L << name.number() : 0;
            int earlier = bit != 0 && (seen & bit) == 0 ? -1 : find(variables, first, name);
            seen |= bit;
            if (earlier < 0) {
                variables.add(name, bytes, head.valueOffset(i), head.valueLength(i));
            } else {
                join(variables, earlier, name == COOKIE ? "; " : ",", head, i);
            }
        }
        if (head.form() == RequestHead.Form.ABSOLUTE && find(variables, first, HOST) < 0) {
            Target.addHost(variables, head);
        }
        return seen;
    }

    private static boolean dropped(byte[] bytes, int offset, int length) {
        return FieldNames.equals(PROXY, bytes, offset, length)
                || FieldNames.equals(TRANSFER_ENCODING, bytes, offset, length);
    }

    private static int find(Variables variables, int first, Name name) {
        for (int i = first; i < variables.size(); i++) {
            Name other = variables.name(i);
            if (other == name || (other.number() < 0 && other.text().equals(name.text()))) {
                return i;
            }
        }
        return -1;
    }

    /** Repeated fields are one list (RFC 9110, 5.3), but for Cookie (RFC 9113, 8.2.3). */
    private static void join(Variables variables, int index, String separator, RequestHead head, int field) {
        int before = variables.length(index);
        int length = head.valueLength(field);
        byte[] joined = new byte[before + separator.length() + length];
        System.arraycopy(variables.source(index), variables.offset(index), joined, 0, before);
        for (int i = 0; i < separator.length(); i++) {
            joined[before + i] = (byte) separator.charAt(i);
        }
        System.arraycopy(head.bytes(), head.valueOffset(field), joined, before + separator.length(), length);
        variables.set(index, joined);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
