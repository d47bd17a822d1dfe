package dev.pausa.server.netty;

import dev.pausa.http1.RequestHead;
import dev.pausa.wsgi.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server tells a client in place of a response of the application: plain text, HTML without anything to load, or
 * Problem Details (RFC 9457), as the client likes best (RFC 9110, 12.5.1).
 *
 * @param status code, space and reason phrase
 * @param reason what happened, in a sentence
 * @param id of the request, for the user to quote
 * @param trace the request line and what was thrown, for developers; {@code null} for all others
 */
record ErrorPage(
        String status, String reason, String id, @Nullable String trace) {
    /** In what forms; of those that a client likes as well as each other it gets the first. */
    private enum Form {
        PLAIN("text/plain; charset=utf-8"),
        HTML("text/html; charset=utf-8"),
        PROBLEM("application/problem+json");

        final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }

        private int quality(Accept accept) {
            return switch (this) {
                case PLAIN -> accept.quality("text", "plain");
                case HTML -> accept.quality("text", "html");
                case PROBLEM ->
                    Math.max(accept.quality("application", "problem+json"), accept.quality("application", "json"));
            };
        }

        /** Plain text for who likes nothing that there is: "disregard the header field" (RFC 9110, 12.5.1). */
        static Form of(@Nullable RequestHead head) {
            var accept = new Accept(head == null ? List.of() : values(head, "accept"));
            Form best = PLAIN;
            for (Form form : values()) {
                if (form.quality(accept) > best.quality(accept)) {
                    best = form;
                }
            }
            return best;
        }

        private static List<String> values(RequestHead head, String name) {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < head.fields(); i++) {
                if (head.name(i).equalsIgnoreCase(name)) {
                    values.add(head.value(i));
                }
            }
            return values;
        }
    }

    /** A body and the fields that describe it, but for its length. */
    record Rendered(List<Header> headers, byte[] body) {}

    /** In the form for a request; plain text if there is none. */
    Rendered render(@Nullable RequestHead head) {
        Form form = Form.of(head);
        String text = switch (form) {
            case PLAIN -> plain();
            case HTML -> html();
            case PROBLEM -> problem();
        };
        List<Header> headers = new ArrayList<>(5);
        headers.add(new Header("Content-Type", form.contentType));
        headers.add(new Header("Cache-Control", "no-store"));
        headers.add(new Header("X-Content-Type-Options", "nosniff"));
        if (form == Form.HTML) {
            headers.add(new Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"));
        }
        return new Rendered(headers, text.getBytes(StandardCharsets.UTF_8));
    }

    private String plain() {
        return status + "\n\n" + reason + "\nRequest " + id + "\n" + (trace == null ? "" : "\n" + trace);
    }

    private String html() {
        return """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <meta name="color-scheme" content="light dark">
                <title>%1$s</title>
                <style>
                body{font:1rem/1.6 system-ui,sans-serif;max-width:%5$s;margin:%8$s auto;padding:0 1.5rem}
                h1{font-size:1.5rem;font-weight:500;line-height:1.2;margin:0 0 1rem}
                h1 b{display:block;font-size:5rem;font-weight:200;letter-spacing:-.03em}
                small{opacity:.65;overflow-wrap:anywhere}
                code,pre{font:.875rem/1.5 ui-monospace,monospace}
                pre{border:1px solid #8886;border-radius:.5rem;overflow:auto;padding:1rem}
                </style>
                <h1><b>%2$s</b> %3$s</h1>
                <p>%4$s</p>
                %6$s<p><small>Request <code>%7$s</code></small></p>
                """.formatted(
                        escaped(status),
                        escaped(status.substring(0, 3)),
                        escaped(status.substring(4)),
                        escaped(reason),
                        trace == null ? "34rem" : "64rem",
                        trace == null ? "" : "<pre>" + escaped(trace) + "</pre>\n",
                        escaped(id),
                        trace == null ? "16vh" : "3rem");
    }

    private String problem() {
        return "{\"title\": " + quoted(status.substring(4)) + ", \"status\": " + status.substring(0, 3)
                + ", \"detail\": "
                + quoted(reason) + ", \"request_id\": " + quoted(id)
                + (trace == null ? "" : ", \"trace\": " + quoted(trace)) + "}\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A string of JSON (RFC 8259, 7). */
    private static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
