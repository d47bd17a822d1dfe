package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.exchange.PausePolicy;
import dev.pausa.server.Running.Settings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80, 127.0.0.1:80",
        "localhost:0, localhost:0",
        ":9000, 0.0.0.0:9000",
        "a.example, a.example:8000",
        "[::1]:80, [::1]:80",
        "[::], [::]:8000",
        "unix:/run/pausa.sock, unix:/run/pausa.sock",
        "unix:///run/pausa.sock, unix:/run/pausa.sock",
        "unix:pausa.sock, unix:pausa.sock",
        "fd://3, fd://3"
    })
    void reads(String text, String expected) {
        assertEquals(expected, Listener.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a:b", "a:", "a:65536", "::1", "[::1", "[]:1", "[::1]x", "fd://", "fd://x", "unix:", "unix:@a"
            })
    void refuses(String text) {
        assertThrows(IllegalArgumentException.class, () -> Listener.parse(text));
    }

    @Test
    void ipv6() throws Exception {
        try (Running running = Running.start(
                        (environ, start) -> Running.hello(environ.get("REMOTE_ADDR") + " " + environ.get("SERVER_NAME"))
                                .call(environ, start),
                        Settings.DEFAULT.listener(Listener.parse("[::1]:0")));
                Client client = running.connect()) {
            assertEquals("::1 ::1", client.get("/").text());
        }
    }

    @Test
    void aPortInUseIsAnErrorThatNamesIt() throws Exception {
        try (Running running = Running.start(Running.hello("x"))) {
            Listener taken = new Listener.Tcp("127.0.0.1", running.address().getPort());
            IOException e = assertThrows(
                    IOException.class,
                    () -> Server.start(ServerConfig.of(
                            taken, new Mount(Running.hello("y"), running.worker, PausePolicy.DEFAULT))));
            assertTrue(String.valueOf(e.getMessage()).startsWith("cannot listen on " + taken + ": "), e.getMessage());
        }
    }

    @Test
    void anInheritedDescriptor() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable());
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        // Bound and listening, but its own event loop accepts nothing.
        EpollServerSocketChannel bound = (EpollServerSocketChannel) new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = bound.localAddress().getPort();
        Listener inherited = new Listener.Descriptor(bound.fd().intValue());
        try (Running running = Running.start(Running.hello("x"), Settings.DEFAULT.listener(inherited));
                Client client = running.connect()) {
            assertEquals(port, running.address().getPort());
            assertEquals("x", client.get("/").text());
        } finally {
            // Both close the same number, so at once: later it is a connection of another test.
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @Test
    void aDescriptorThatIsNotOpenIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Running.start(Running.hello("x"), Settings.DEFAULT.listener(new Listener.Descriptor(9999))));
    }
}
