/**
 * HTTP/1 on the wire (RFC 9112): bytes to requests, responses to bytes.
 *
 * <p><b>What lives here.</b> {@link dev.pausa.http1.RequestReader}, which turns bytes into heads, pieces of bodies and
 * refusals; {@link dev.pausa.http1.ResponseWriter}, which turns what a server says into bytes;
 * {@link dev.pausa.http1.HttpDate}. The one opinion about what a request is: nothing behind it parses HTTP/1 again.
 *
 * <p><b>Who calls in.</b> A transport, with whatever pieces of bytes it received.
 *
 * <p><b>May depend on.</b> {@code java.base} and nothing else.
 *
 * <p><b>Threads.</b> A reader and a writer belong to one connection or one event loop and are used by one thread at a
 * time; a {@link dev.pausa.http1.RequestHead} never changes and may be read anywhere.
 *
 * <p><b>Limits.</b> No I/O, no time-outs, no policy but {@link dev.pausa.http1.HeadLimits}; the size of a body is the
 * caller's to limit. It repairs nothing: what RFC 9112 lets a recipient either reject or mend is refused.
 */
package dev.pausa.http1;
