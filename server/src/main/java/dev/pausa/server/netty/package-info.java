/**
 * How bytes travel between sockets and exchanges, on Netty.
 *
 * <p><b>What lives here.</b> {@link dev.pausa.server.netty.Http1Handler}, which is one connection, with
 * its {@link dev.pausa.server.netty.Phase}, {@link dev.pausa.server.netty.ReadAhead} and {@link dev.pausa.server.netty.Watch};
 * {@link dev.pausa.server.netty.ChannelOutput} and {@link dev.pausa.server.netty.Call}, which are one request's two sides;
 * {@link dev.pausa.server.netty.EnvironFactory}; {@link dev.pausa.server.netty.Forwarding} and
 * {@link dev.pausa.server.netty.ProxyHeader}, which know the client behind a proxy; {@link dev.pausa.server.netty.Engine}, which starts and ends all that.
 *
 * <p><b>Who calls in.</b> {@link dev.pausa.server.Server}; Netty's event loops; the exchange, through its ports.
 *
 * <p><b>May depend on.</b> Netty, {@code http1}, {@code exchange} and {@code wsgi}.
 *
 * <p><b>Threads.</b> A connection belongs to its event loop. {@code ChannelOutput} and {@code Call} are also called by the
 * worker's threads; what they share is guarded by the monitor of the {@code ChannelOutput}, under which nothing waits and
 * the exchange is never called.
 *
 * <p><b>Limits.</b> HTTP/1 over TCP and Unix sockets.
 */
package dev.pausa.server.netty;
