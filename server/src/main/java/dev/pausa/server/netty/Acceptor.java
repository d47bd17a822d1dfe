package dev.pausa.server.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Counts the connections of a listening socket, and stops accepting while there are too many or while the process has no
 * descriptor left: new clients wait in the kernel's backlog.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");
    private static final long RECOVERY_MILLIS = 250;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Service service;
    private final SpareDescriptor spare = new SpareDescriptor();
    private long quietUntil = System.nanoTime();

    Acceptor(Service service) {
        this.service = service;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel listening = context.channel();
        int connections = service.connections.incrementAndGet();
        if (connections >= service.config.limits().connections()) {
            listening.config().setAutoRead(false);
        }
        ((Channel) accepted).closeFuture().addListener(closed -> {
            service.connections.decrementAndGet();
            if (listening.isOpen() && !listening.config().isAutoRead()) {
                listening.eventLoop().execute(() -> resume(listening));
            }
        });
        context.fireChannelRead(accepted);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        Channel listening = context.channel();
        listening.config().setAutoRead(false);
        listening.eventLoop().schedule(() -> resume(listening), RECOVERY_MILLIS, TimeUnit.MILLISECONDS);
        long now = System.nanoTime();
        if (now - quietUntil >= 0) {
            quietUntil = now + QUIET_NANOS;
            spare.lend(() -> LOG.log(
                    Level.ERROR, "[server] cannot accept a connection: " + failure + "; told every 10 s at most"));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        spare.close();
        context.fireChannelInactive();
    }

    private void resume(Channel listening) {
        if (listening.isOpen()
                && service.connections.get() < service.config.limits().connections()) {
            listening.config().setAutoRead(true);
        }
    }
}
