package dev.pausa.server.netty;

import dev.pausa.server.Proxies;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.DomainSocketChannel;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;

/**
 * Takes the header of the PROXY protocol from the beginning of a connection, and is gone. A connection from elsewhere than
 * from the proxies, or without such a header, is closed without an answer. Until the header is complete, the connection is
 * one that waits for its first request, and ends as such; one that ends before its first byte is not told.
 */
final class ProxyProtocolHandler extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    private final Proxies proxies;
    private final Http1Handler connection;
    private final ReadAhead held;

    ProxyProtocolHandler(Proxies proxies, Http1Handler connection) {
        this.proxies = proxies;
        this.connection = connection;
        this.held = new ReadAhead(connection.channel().alloc());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (mayConnect(context.channel())) {
            context.fireChannelActive();
        } else {
            refuse(context, "it may not use the PROXY protocol (--proxy-allow-from)");
        }
    }

    private boolean mayConnect(Channel channel) {
        return channel instanceof DomainSocketChannel
                || (channel.remoteAddress() instanceof InetSocketAddress inet
                        && inet.getAddress() != null
                        && proxies.senders().contains(inet.getAddress()));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        held.add((ByteBuf) message);
        try {
            ProxyHeader header = ProxyHeader.read(held.bytes(), proxies.protocol());
            if (header != null) {
                connection.peer(Peer.of(context.channel(), header, proxies));
                ByteBuf rest = held.bytes();
                if (rest.isReadable()) {
                    context.fireChannelRead(rest.readBytes(rest.readableBytes()));
                }
                context.pipeline().remove(this);
            }
        } catch (ProxyHeader.Malformed malformed) {
            refuse(context, String.valueOf(malformed.getMessage()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (held.bytes().isReadable()) {
            LOG.log(
                    Level.INFO,
                    "[client] {0} left within a header of the PROXY protocol",
                    context.channel().remoteAddress());
        }
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        held.release();
    }

    private void refuse(ChannelHandlerContext context, String reason) {
        LOG.log(
                Level.INFO,
                "[client] {0}: connection closed: {1}",
                context.channel().remoteAddress(),
                reason);
        held.release();
        context.close();
    }
}
