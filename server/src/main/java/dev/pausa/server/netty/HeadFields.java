package dev.pausa.server.netty;

import dev.pausa.exchange.ResponseHead;
import dev.pausa.http1.RequestHead;
import dev.pausa.http1.ResponseWriter;
import dev.pausa.wsgi.Header;
import org.jspecify.annotations.Nullable;

/** From what the application said to a response head on the wire. */
final class HeadFields {
    private HeadFields() {}

    /** Writes the head: the application's fields, then those of the server that it did not set; {@code id} may be one. */
    static void write(
            ResponseWriter writer,
            ResponseHead.Committed head,
            RequestHead request,
            boolean chunked,
            boolean closes,
            Service service,
            @Nullable String id) {
        boolean date = false;
        boolean server = false;
        boolean length = false;
        // "A server MUST NOT send a Content-Length header field in any response with a status code of 204" (RFC 9110,
        // 8.6)
        boolean lengthAllowed = head.code() != 204;
        writer.status(1, head.status());
        for (Header header : head.headers()) {
            String name = header.name();
            switch (name.length()) {
                case 4 -> date |= name.equalsIgnoreCase("Date");
                case 6 -> server |= name.equalsIgnoreCase("Server");
                case 14 -> {
                    if (name.equalsIgnoreCase("Content-Length")) {
                        length = true;
                        if (!lengthAllowed) {
                            continue;
                        }
                    }
                }
                default -> {}
            }
            writer.field(name, header.value());
        }
        if (!length && lengthAllowed && head.contentLength() >= 0 && head.code() != 304) {
            writer.contentLength(head.contentLength());
        }
        if (chunked) {
            writer.chunked();
        }
        if (!date) {
            writer.field("Date", service.dates.format(System.currentTimeMillis() / 1000));
        }
        if (!server) {
            writer.field("Server", "pausa");
        }
        requestId(writer, head, service.config.reporting().requestIdSource(), id);
        finish(writer, request, closes);
    }

    private static void requestId(
            ResponseWriter writer, ResponseHead.Committed head, String field, @Nullable String id) {
        if (id == null) {
            return;
        }
        for (Header header : head.headers()) {
            if (header.name().equalsIgnoreCase(field)) {
                return;
            }
        }
        writer.field(field, id);
    }

    /** HTTP/1.1 persists unless told otherwise, HTTP/1.0 only if told (RFC 9112, 9.3). */
    private static void finish(ResponseWriter writer, RequestHead request, boolean closes) {
        if (closes) {
            writer.close();
        } else if (request.minorVersion() == 0) {
            writer.keepAlive();
        }
        writer.finish();
    }
}
