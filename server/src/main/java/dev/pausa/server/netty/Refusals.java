package dev.pausa.server.netty;

import dev.pausa.http1.ResponseWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What the server answers without the application. */
final class Refusals {
    private Refusals() {}

    /** A whole response that ends the connection. */
    static ByteBuf response(ResponseWriter writer, Service service, int status, String reason, boolean bodyless) {
        byte[] body = (reason + "\n").getBytes(StandardCharsets.US_ASCII);
        writer.clear().status(1, status(status));
        writer.field("Date", service.dates.format(System.currentTimeMillis() / 1000));
        writer.field("Server", "pausa");
        writer.field("Content-Type", "text/plain; charset=us-ascii");
        writer.contentLength(body.length);
        if (status == 503) {
            writer.field("Retry-After", "1");
        }
        writer.close().finish();
        ByteBuf response = Unpooled.buffer(writer.length() + body.length);
        response.writeBytes(writer.array(), 0, writer.length());
        writer.clear();
        return bodyless ? response : response.writeBytes(body);
    }

    /** The code and its reason phrase. */
    static String status(int code) {
        return code + " " + phrase(code);
    }

    private static String phrase(int status) {
        return switch (status) {
            case 408 -> "Request Timeout";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 431 -> "Request Header Fields Too Large";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Bad Request";
        };
    }
}
