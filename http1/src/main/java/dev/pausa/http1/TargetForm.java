package dev.pausa.http1;

import dev.pausa.http1.RequestHead.Form;

/** Judges the request target and {@code Host} together (RFC 9112, 3.2). */
final class TargetForm {
    private TargetForm() {}

    /**
     * The form of the target; raises {@link Refused} if it is none, or does not fit the method or the host.
     *
     * @param hostOffset where the value of {@code Host} begins, or -1 without one
     */
    static Form of(byte[] bytes, RequestLine line, int hostOffset, int hostLength) {
        if (hostOffset < 0) {
            if (line.minorVersion() > 0) {
                throw Refused.bad("RFC 9112, 3.2", "no Host in HTTP/1.1");
            }
        } else if (!HostSyntax.valid(bytes, hostOffset, hostLength)) {
            throw Refused.bad("RFC 9112, 3.2", "a Host that is not a host and perhaps a port");
        }
        int offset = line.targetOffset();
        int end = offset + line.targetLength();
        if (line.method().equals("CONNECT")) {
            return authority(bytes, offset, end);
        }
        if (bytes[offset] == '/') {
            return Form.ORIGIN;
        }
        if (bytes[offset] == '*' && line.targetLength() == 1) {
            if (!line.method().equals("OPTIONS")) {
                throw Refused.bad("RFC 9112, 3.2.4", "the target * of a method other than OPTIONS");
            }
            return Form.ASTERISK;
        }
        absolute(bytes, offset, end, hostOffset, hostLength);
        return Form.ABSOLUTE;
    }

    /** {@code authority-form = uri-host ":" port}: CONNECT's only one (3.2.3). */
    private static Form authority(byte[] bytes, int offset, int end) {
        int colon = end;
        while (colon > offset && Tokens.is(bytes[colon - 1], Tokens.DIGIT)) {
            colon--;
        }
        if (colon == end
                || colon == offset
                || bytes[colon - 1] != ':'
                || !HostSyntax.valid(bytes, offset, end - offset)) {
            throw Refused.bad("RFC 9112, 3.2.3", "the target of CONNECT is not a host and a port");
        }
        return Form.AUTHORITY;
    }

    /**
     * {@code http} and {@code https} URIs, without user information (RFC 9110, 4.2.4). A client "MUST send a field value
     * for Host that is identical to that authority component" (RFC 9110, 7.2): two different ones have two meanings.
     */
    private static void absolute(byte[] bytes, int offset, int end, int hostOffset, int hostLength) {
        int authority = afterScheme(bytes, offset, end);
        int authorityEnd = authority;
        while (authorityEnd < end && bytes[authorityEnd] != '/' && bytes[authorityEnd] != '?') {
            authorityEnd++;
        }
        int length = authorityEnd - authority;
        if (length == 0 || !HostSyntax.valid(bytes, authority, length)) {
            throw Refused.bad("RFC 9110, 4.2.1", "a request target without a valid host");
        }
        if (hostOffset >= 0 && !sameHost(bytes, authority, hostOffset, length, hostLength)) {
            throw Refused.bad("RFC 9110, 7.2", "a Host that differs from the request target's");
        }
    }

    private static int afterScheme(byte[] bytes, int offset, int end) {
        for (String scheme : new String[] {"http://", "https://"}) {
            int length = scheme.length();
            if (end - offset >= length && Tokens.equalsIgnoreCase(bytes, offset, length, scheme)) {
                return offset + length;
            }
        }
        throw Refused.bad("RFC 9112, 3.2", "a request target that is no path and no http or https URI");
    }

    private static boolean sameHost(byte[] bytes, int first, int second, int firstLength, int secondLength) {
        boolean same = firstLength == secondLength;
        for (int i = 0; same && i < firstLength; i++) {
            same = Tokens.lower(bytes[first + i]) == Tokens.lower(bytes[second + i]);
        }
        return same;
    }
}
