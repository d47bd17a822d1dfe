package dev.pausa.server.netty;

import dev.pausa.exchange.ErrorResponse;
import dev.pausa.http1.Refusal;
import dev.pausa.http1.RequestHead;
import dev.pausa.http1.ResponseWriter;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server answers without the application. */
final class Refusals {
    private Refusals() {}

    /**
     * A whole response that ends the connection: a page in the form that the client likes, but plain text for bytes that are
     * no request.
     */
    static ByteBuf response(
            ResponseWriter writer, Service service, int status, String reason, @Nullable RequestHead head, String id) {
        var rendered = new ErrorPage(line(status), sentence(status, reason), id, null).render(head);
        writer.clear().status(1, line(status));
        writer.field("Date", service.dates.format(System.currentTimeMillis() / 1000));
        writer.field("Server", "pausa");
        for (Header header : rendered.headers()) {
            writer.field(header.name(), header.value());
        }
        String field = service.config.reporting().requestIdField();
        if (field != null) {
            writer.field(field, id);
        }
        writer.contentLength(rendered.body().length);
        if (status == 503) {
            writer.field("Retry-After", "1");
        }
        writer.close().finish();
        ByteBuf response = Unpooled.buffer(writer.length() + rendered.body().length);
        response.writeBytes(writer.array(), 0, writer.length());
        writer.clear();
        boolean bodyless = head != null && head.method().equals("HEAD");
        return bodyless ? response : response.writeBytes(rendered.body());
    }

    /**
     * The response to a request whose application gave none.
     *
     * @param body why the body was refused, if the application failed of that
     * @param trace of what the application raised, to be shown
     */
    static ErrorResponse response(
            CloseReason reason, @Nullable Refusal body, RequestHead head, String id, @Nullable String trace) {
        String status = body == null ? ErrorResponse.status(reason) : line(body.status());
        String sentence = body == null ? sentence(reason) : sentence(body.status(), body.reason());
        String shown = trace == null ? null : head + "\n\n" + trace;
        var rendered = new ErrorPage(status, sentence, id, shown).render(head);
        List<Header> headers = new ArrayList<>(rendered.headers());
        if (reason != CloseReason.ERROR) {
            headers.add(new Header("Retry-After", "1"));
        }
        return new ErrorResponse(status, headers, rendered.body());
    }

    private static String sentence(CloseReason reason) {
        return switch (reason) {
            case ERROR -> "The application failed to answer this request.";
            case TIMEOUT -> "No answer was ready in time. Try again in a moment.";
            default -> "The server is stopping. Try again in a moment.";
        };
    }

    /** What a page says of a refusal. */
    static String sentence(int status, String reason) {
        return (status == 503 ? "The server cannot answer now: " : "The request was refused: ") + reason + ".";
    }

    /** Code, space and reason phrase. */
    static String line(int status) {
        return status
                + switch (status) {
                    case 408 -> " Request Timeout";
                    case 413 -> " Content Too Large";
                    case 414 -> " URI Too Long";
                    case 417 -> " Expectation Failed";
                    case 421 -> " Misdirected Request";
                    case 431 -> " Request Header Fields Too Large";
                    case 500 -> " Internal Server Error";
                    case 501 -> " Not Implemented";
                    case 503 -> " Service Unavailable";
                    case 505 -> " HTTP Version Not Supported";
                    default -> " Bad Request";
                };
    }
}
