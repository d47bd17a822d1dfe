package dev.pausa.server.netty;

/** A trusted proxy sent a field that cannot be understood: the request is answered with 400. */
final class ForwardingRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    ForwardingRefused(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
