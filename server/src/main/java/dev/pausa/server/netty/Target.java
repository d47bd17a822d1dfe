package dev.pausa.server.netty;

import dev.pausa.http1.RequestHead;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import java.util.Arrays;

/** The variables that come from the request target (RFC 3875, 4.1; PEP 3333, "URL Reconstruction"). */
final class Target {
    private static final Name SCRIPT_NAME = Name.of("SCRIPT_NAME");
    private static final Name PATH_INFO = Name.of("PATH_INFO");
    private static final Name QUERY_STRING = Name.of("QUERY_STRING");
    private static final Name RAW_URI = Name.of("RAW_URI");
    private static final Name REQUEST_URI = Name.of("REQUEST_URI");
    private static final Name HTTP_HOST = Name.of("HTTP_HOST");
    private static final byte[] NONE = {};
    private static final byte[] ROOT = {'/'};

    private Target() {}

    /**
     * Adds SCRIPT_NAME, PATH_INFO, QUERY_STRING, RAW_URI and REQUEST_URI. The path is percent-decoded, the last three are as
     * received. The target {@code *} has no path (RFC 9112, 3.3).
     *
     * @param root SCRIPT_NAME; cut from the path if that begins with it, otherwise a proxy did that already
     */
    static void add(Variables variables, RequestHead head, byte[] root) {
        byte[] bytes = head.bytes();
        int offset = head.targetOffset();
        int end = offset + head.targetLength();
        int path = head.form() == RequestHead.Form.ABSOLUTE ? authorityEnd(head) : offset;
        int query = path;
        boolean encoded = false;
        while (query < end && bytes[query] != '?') {
            encoded |= bytes[query++] == '%';
        }
        if (head.form() == RequestHead.Form.ASTERISK) {
            addPath(variables, root, NONE, 0, 0);
        } else if (path == query) {
            addPath(variables, root, ROOT, 0, 1);
        } else if (encoded) {
            byte[] decoded = decode(bytes, path, query);
            addPath(variables, root, decoded, 0, decoded.length);
        } else {
            addPath(variables, root, bytes, path, query - path);
        }
        int begin = Math.min(query + 1, end);
        variables.add(QUERY_STRING, bytes, begin, end - begin);
        variables.add(RAW_URI, bytes, offset, end - offset);
        variables.add(REQUEST_URI, bytes, offset, end - offset);
    }

    private static void addPath(Variables variables, byte[] root, byte[] source, int offset, int length) {
        int cut = root.length > 0 && under(root, source, offset, length) ? root.length : 0;
        variables.add(SCRIPT_NAME, root);
        variables.add(PATH_INFO, source, offset + cut, length - cut);
    }

    /** Whether the path is the root or below it. */
    private static boolean under(byte[] root, byte[] source, int offset, int length) {
        return length >= root.length
                && Arrays.equals(source, offset, offset + root.length, root, 0, root.length)
                && (length == root.length || source[offset + root.length] == '/');
    }

    /** Adds as HTTP_HOST the host of an absolute-form target, which may come without {@code Host} (RFC 9112, 3.2.2). */
    static void addHost(Variables variables, RequestHead head) {
        int from = authority(head);
        variables.add(HTTP_HOST, head.bytes(), from, authorityEnd(head) - from);
    }

    /** Whether the target is an {@code https} URI. */
    static boolean https(RequestHead head) {
        return head.form() == RequestHead.Form.ABSOLUTE && authority(head) - head.targetOffset() == "https://".length();
    }

    /** Where the authority of {@code scheme://authority/path?query} begins. */
    private static int authority(RequestHead head) {
        int at = head.targetOffset();
        while (head.bytes()[at] != ':') {
            at++;
        }
        return at + "://".length();
    }

    /** Where it ends: there the path begins, or would, if it is empty (RFC 9112, 3.2.2). */
    private static int authorityEnd(RequestHead head) {
        byte[] bytes = head.bytes();
        int end = head.targetOffset() + head.targetLength();
        int at = authority(head);
        while (at < end && bytes[at] != '/' && bytes[at] != '?') {
            at++;
        }
        return at;
    }

    /** Percent-decoded (RFC 3986, 2.1); what is no pair of hexadecimal digits stays as it is. */
    private static byte[] decode(byte[] bytes, int from, int to) {
        byte[] decoded = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            int high = bytes[i] == '%' && i + 2 < to ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low < 0) {
                decoded[length++] = bytes[i];
            } else {
                decoded[length++] = (byte) (high << 4 | low);
                i += 2;
            }
        }
        return Arrays.copyOf(decoded, length);
    }
}
