package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    private static final Application SHOW =
            (environ, start) -> Running.hello("[" + environ.get("REMOTE_ADDR") + "] " + environ.get("REMOTE_PORT") + " "
                            + environ.get("SERVER_NAME") + " " + environ.get("SERVER_PORT") + " "
                            + environ.get("wsgi.url_scheme"))
                    .call(environ, start);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path path() {
        return folder.resolve("s");
    }

    private Running start(String owner) throws IOException {
        var listener = new Listener.Unix(path().toString(), Listener.Unix.MODE, owner);
        return Running.start(SHOW, Settings.DEFAULT.listener(listener));
    }

    private String ask(String fields) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path()))) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1)));
            String response = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(response.startsWith("HTTP/1.1 200 OK\r\n"), response);
            return response.substring(response.indexOf("\r\n\r\n") + 4);
        }
    }

    private void refused(String why) {
        IOException e = assertThrows(IOException.class, () -> start(""));
        assertEquals("cannot listen on unix:" + path() + ": " + why, e.getMessage());
    }

    @Test
    void serves() throws Exception {
        try (Running running = start("")) {
            assertEquals(List.of(UnixDomainSocketAddress.of(path())), running.server.addresses());
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
            assertEquals("[] null localhost 80 http", ask(""));
        }
        assertFalse(Files.exists(path()));
    }

    @Test
    void clientsAreTrusted() throws Exception {
        try (Running running = start("")) {
            assertEquals(
                    "[1.2.3.4] null localhost 443 https",
                    ask("X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"));
            assertEquals(1, running.server.addresses().size());
        }
    }

    @Test
    void aSocketThatNobodyListensOnIsReplaced() throws Exception {
        Socket stale = Socket.newSocketDomain();
        stale.bind(new DomainSocketAddress(path().toString()));
        stale.close();
        assertTrue(Files.exists(path()));
        try (Running running = start("")) {
            assertEquals("[] null localhost 80 http", ask(""));
            assertEquals(0, running.server.parked());
        }
    }

    @Test
    void aSocketThatSomebodyListensOnIsNot() throws Exception {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(path()));
            refused("somebody listens there already");
            assertTrue(Files.exists(path()));
        }
    }

    @Test
    void anotherFileIsNot() throws Exception {
        Files.writeString(path(), "precious");
        refused("a file that is no socket is there");
        assertEquals("precious", Files.readString(path()));
    }

    @Test
    void noFolder() throws Exception {
        Files.delete(folder);
        IOException e = assertThrows(IOException.class, () -> start(""));
        assertTrue(String.valueOf(e.getMessage()).endsWith("No such file or directory"), e.getMessage());
        Files.createDirectory(folder);
    }

    @Test
    void aFileThatTookItsPlaceIsNotRemoved() throws Exception {
        try (Running running = start("")) {
            assertEquals(1, running.server.addresses().size());
            Files.delete(path());
            Files.writeString(path(), "precious");
        }
        assertEquals("precious", Files.readString(path()));
    }

    @Test
    void anOwnerThatIsNone() {
        IOException e = assertThrows(IOException.class, () -> start("no-such-user"));
        assertTrue(String.valueOf(e.getMessage()).endsWith("no such user or group: no-such-user"), e.getMessage());
        assertFalse(Files.exists(path()));
    }

    @Test
    void anOwner() throws Exception {
        String user = Files.getOwner(folder).getName();
        try (Running running = start(user)) {
            assertEquals(user, Files.getOwner(path()).getName());
            assertEquals(1, running.server.addresses().size());
        }
    }

    @Test
    void aPathThatIsTooLong() {
        var e = assertThrows(IllegalArgumentException.class, () -> Listener.parse("unix:/" + "x".repeat(107)));
        assertTrue(String.valueOf(e.getMessage()).contains("107 bytes at most, not 108"), e.getMessage());
    }

    @Test
    void anInheritedOne() throws Exception {
        Socket socket = Socket.newSocketDomain();
        socket.bind(new DomainSocketAddress(path().toString()));
        socket.listen(5);
        Listener inherited = new Listener.Descriptor(socket.intValue());
        try (Running running = Running.start(SHOW, Settings.DEFAULT.listener(inherited))) {
            assertEquals(List.of(UnixDomainSocketAddress.of(path())), running.server.addresses());
            assertEquals("[] null localhost 80 http", ask(""));
        }
        assertTrue(Files.exists(path())); // whoever made it will listen again
    }

    @Test
    void needsEpoll() {
        Settings settings =
                Settings.DEFAULT.listener(Listener.parse("unix:" + path())).transport(ServerConfig.Transport.NIO);
        assertThrows(IllegalArgumentException.class, () -> Running.start(SHOW, settings));
    }
}
