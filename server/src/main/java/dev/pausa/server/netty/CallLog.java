package dev.pausa.server.netty;

import dev.pausa.exchange.Exchange;
import dev.pausa.exchange.ResponseHead;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Log lines on a request that reached the application: what went wrong, and what became of the response. */
final class CallLog {
    private CallLog() {}

    /** The application raised or broke the contract. By the thread inside, before the response is ended. */
    static void failed(Call call, Throwable failure) {
        String consequence = consequence(call.exchange);
        if (failure instanceof ApplicationError && !throughApplication(failure)) {
            String what = "the application broke its contract: " + failure.getMessage();
            Fault.APPLICATION.log(Level.ERROR, call, what + "; " + consequence);
        } else {
            Fault.APPLICATION.log(Level.ERROR, call, "the application failed; " + consequence, failure);
        }
    }

    /** What is worth showing of a failure: all that was printed of it, or the rule that was broken. */
    static String trace(Throwable failure) {
        if (failure instanceof ApplicationError && !throughApplication(failure)) {
            return failure.getMessage() + "\n";
        }
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** As {@link #failed}, but nobody waits for the response; {@code clients}: the application was told of that. */
    static void failedUnseen(Call call, Throwable failure, boolean clients) {
        CloseReason reason = call.exchange.closeReason();
        String when = reason == CloseReason.DISCONNECT ? "the client had left" : "the request was cut";
        Fault fault = clients ? Fault.CLIENT : Fault.APPLICATION;
        fault.log(Level.INFO, call, "the application failed after " + when + ": " + failure);
    }

    /** Whether there is a frame that is neither the server's nor Java's: only such a trace says more than the message. */
    private static boolean throughApplication(Throwable failure) {
        return Stream.of(failure.getStackTrace())
                .map(StackTraceElement::getModuleName)
                .anyMatch(module -> module == null || !(module.startsWith("dev.pausa.") || module.startsWith("java.")));
    }

    private static String consequence(Exchange exchange) {
        if (exchange.answered()) {
            return "its response was complete";
        }
        return exchange.committed() ? "its response had begun: connection closed" : "answered with 500";
    }

    static void pauseLeaked(Call call) {
        String what = "nobody holds the resume of a paused request: it goes on (told once)";
        Fault.APPLICATION.log(Level.WARNING, call, what);
    }

    static void boundarySwallowed(Call call, @Nullable Body body) {
        String what = "middleware swallowed a block boundary: stepped while paused; the body is a "
                + (body == null ? "?" : body.kind()) + "; 'pausa check' finds it (told once)";
        Fault.APPLICATION.log(Level.WARNING, call, what);
    }

    static void bodyTooShort(Call call, long missing) {
        String what = "the body is " + missing + " bytes shorter than its Content-Length; ";
        Fault.APPLICATION.log(Level.WARNING, call, what + consequence(call.exchange));
    }

    static void bodyTooLong(Call call) {
        String what = "the body is longer than its Content-Length; the rest was dropped";
        Fault.APPLICATION.log(Level.WARNING, call, what);
    }

    /** The request was cut, as a pause was too long or the server stops. Once it is over. */
    static void cut(Call call, CloseReason reason) {
        ResponseHead.Committed sent = call.output.sent().head();
        String consequence = sent != null && sent.code() == 503 ? "answered with 503" : "connection closed";
        if (reason == CloseReason.TIMEOUT) {
            Fault.APPLICATION.log(Level.WARNING, call, "paused for longer than --pause-timeout allows; " + consequence);
        } else {
            Fault.SERVER.log(Level.INFO, call, "cut, as the server stops; " + consequence);
        }
    }
}
