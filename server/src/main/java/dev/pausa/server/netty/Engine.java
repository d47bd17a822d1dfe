package dev.pausa.server.netty;

import dev.pausa.server.Listener;
import dev.pausa.server.Proxies;
import dev.pausa.server.ServerConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event loops and listening sockets of a server. Called by one thread, which is not an event loop. */
public final class Engine {
    private static final Duration LAST_BYTES = Duration.ofSeconds(1);

    /** Bytes that are read at once, at most: a head and a body of 64 KiB. */
    private static final int MOST_READ = 128 * 1024;

    private final Service service;
    private final boolean epoll;
    private final EventLoopGroup loops;
    private final Map<EventExecutor, Connections> connections = new LinkedHashMap<>();
    private final List<Listening> listening = new ArrayList<>();

    /** A listening socket; {@code file} is to be removed with it. */
    private record Listening(
            Channel channel,
            SocketAddress address,
            @Nullable SocketFile file) {}

    /** Starts the event loops. */
    public Engine(ServerConfig config) {
        service = new Service(config);
        epoll = Sockets.epoll(config.transport());
        loops = new MultiThreadIoEventLoopGroup(
                config.eventLoops(), new DefaultThreadFactory("pausa-io", true), Sockets.handlers(epoll));
        for (EventExecutor loop : loops) {
            connections.put(loop, new Connections((EventLoop) loop, service));
        }
    }

    /**
     * Accepts connections from {@code listener} on.
     *
     * @throws IOException if it cannot be bound
     */
    public void listen(Listener listener) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 2048, MOST_READ))
                .handler(new Acceptor(service))
                .childHandler(new Initializer(connections));
        switch (listener) {
            case Listener.Tcp tcp -> bind(bootstrap, tcp);
            case Listener.Unix unix -> bind(bootstrap, unix);
            case Listener.Descriptor inherited -> inherit(bootstrap, inherited);
        }
    }

    private void bind(ServerBootstrap bootstrap, Listener.Tcp tcp) throws IOException {
        InetSocketAddress address = tcp.address();
        if (address.isUnresolved()) {
            throw new IOException("cannot listen on " + tcp + ": no such host");
        }
        Sockets.options(bootstrap, epoll, service.config.limits().backlog());
        Channel channel =
                opened(tcp, bootstrap.channelFactory(Sockets.listening(epoll)).bind(address));
        listening.add(new Listening(channel, channel.localAddress(), null));
    }

    private void bind(ServerBootstrap bootstrap, Listener.Unix unix) throws IOException {
        needsEpoll(unix);
        SocketFile file;
        try {
            file = SocketFile.listen(unix, service.config.limits().backlog());
        } catch (IOException e) {
            throw new IOException("cannot listen on " + unix + ": " + e.getMessage(), e);
        }
        UnixSockets.options(bootstrap);
        var registered = bootstrap
                .channelFactory(UnixSockets.listening(file.descriptor()))
                .register();
        listening.add(new Listening(opened(unix, registered), UnixDomainSocketAddress.of(unix.path()), file));
    }

    private void inherit(ServerBootstrap bootstrap, Listener.Descriptor inherited) throws IOException {
        needsEpoll(inherited);
        UnixDomainSocketAddress path = UnixSockets.inherited(inherited.number());
        if (path == null) {
            Sockets.options(bootstrap, epoll, service.config.limits().backlog());
        } else {
            UnixSockets.options(bootstrap);
        }
        var registered = bootstrap
                .channelFactory(Sockets.inherited(inherited.number(), path != null))
                .register();
        Channel channel = opened(inherited, registered);
        listening.add(new Listening(channel, path == null ? channel.localAddress() : path, null));
    }

    private void needsEpoll(Listener listener) {
        if (!epoll) {
            throw new IllegalArgumentException(listener + " needs the epoll transport");
        }
    }

    private static Channel opened(Listener listener, ChannelFuture opening) throws IOException {
        opening.awaitUninterruptibly();
        if (!opening.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + listener + ": " + opening.cause().getMessage(), opening.cause());
        }
        return opening.channel();
    }

    /** Where it listens, with the ports that the system chose. */
    public List<SocketAddress> addresses() {
        return listening.stream().map(Listening::address).toList();
    }

    /** Open connections. */
    public int connections() {
        return service.connections.get();
    }

    /** Requests that began and are not over. */
    public int active() {
        return service.active.get();
    }

    /** Requests that are parked. */
    public int parked() {
        return service.parked.get();
    }

    /** Stops accepting and lets requests end (P35); answers whether they all did before the time was up. */
    public boolean drain() throws InterruptedException {
        var timeouts = service.config.timeouts();
        long now = System.nanoTime();
        long deadline = now + timeouts.grace().toNanos();
        service.drain = new Service.Drain(now + timeouts.parkedGrace().toNanos(), deadline);
        closeListening();
        look();
        long end = deadline + LAST_BYTES.toNanos();
        while (service.active.get() > 0 || service.connections.get() > 0) {
            if (System.nanoTime() - end > 0) {
                return service.active.get() == 0;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return true;
    }

    /** Closes everything at once and ends the event loops. */
    public void stop() {
        if (loops.isShuttingDown()) {
            return;
        }
        closeListening();
        for (Connections each : connections.values()) {
            each.loop.execute(each::closeAll);
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    /** Waits until the event loops have ended; answers whether they did. */
    public boolean awaitStopped(Duration timeout) throws InterruptedException {
        return loops.terminationFuture().await(timeout.toMillis());
    }

    private void closeListening() {
        for (Listening each : listening) {
            each.channel.close().awaitUninterruptibly();
            if (each.file != null) {
                each.file.remove();
            }
        }
    }

    private void look() {
        for (Connections each : connections.values()) {
            each.loop.execute(each::look);
        }
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final Map<EventExecutor, Connections> connections;

        Initializer(Map<EventExecutor, Connections> connections) {
            this.connections = connections;
        }

        @Override
        protected void initChannel(Channel channel) {
            Connections own = connections.get(channel.eventLoop());
            if (own == null) {
                throw new IllegalStateException("an event loop of another server");
            }
            Http1Handler connection = new Http1Handler(own, channel);
            Proxies proxies = own.service.config.proxies();
            if (proxies.protocol() != Proxies.Protocol.OFF) {
                channel.pipeline().addLast(new ProxyProtocolHandler(proxies, connection));
            }
            channel.pipeline().addLast(connection);
        }
    }
}
