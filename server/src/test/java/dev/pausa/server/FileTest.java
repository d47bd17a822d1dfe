package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.Running.Settings;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.FileWrapper;
import dev.pausa.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files as bodies, over sockets (PEP 3333, "Optional Platform-Specific File Handling"). */
class FileTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    @Nullable
    Path folder;

    /** The channel that was served last. */
    private volatile @Nullable FileChannel served;

    private Path file(byte[] content) throws IOException {
        return Files.write(Objects.requireNonNull(folder).resolve("file"), content);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** A file of zeros that takes no room, with a mark at its end. */
    private Path sparse(long size) throws IOException {
        Path path = file(new byte[0]);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(size - 3);
            file.write(new byte[] {'e', 'n', 'd'});
        }
        return path;
    }

    /** Answers with what the file has from {@code position} on. */
    private Application sends(Path path, long position, Header... headers) {
        return (environ, start) -> {
            FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.READ).position(position);
            served = channel;
            start.start("200 OK", List.of(headers));
            return new FileWrapper(channel, 8192);
        };
    }

    private boolean closed() {
        return !Objects.requireNonNull(served).isOpen();
    }

    @ParameterizedTest
    @EnumSource
    void aFileIsSentWhole(ServerConfig.Transport transport) throws Exception {
        byte[] content = random(3_000_000);
        var bytes = new LinkedBlockingQueue<Long>();
        Settings settings = Settings.DEFAULT.transport(transport).requests(request -> bytes.add(request.bytes()));
        try (Running running = Running.start(sends(file(content), 0), settings);
                Client client = running.connect()) {
            client.send(GET + GET); // pipelined: what follows the file is in its place
            for (int i = 0; i < 2; i++) {
                Client.Response response = client.response();
                assertEquals("3000000", response.field("Content-Length"));
                assertArrayEquals(content, response.body());
                assertEquals(3_000_000, bytes.take());
            }
            Running.await(this::closed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void positionAndContentLengthAreHonoured(ServerConfig.Transport transport) throws Exception {
        byte[] content = random(100_000);
        Application application = sends(file(content), 10_000, new Header("Content-Length", "70000"));
        try (Running running = Running.start(application, Settings.DEFAULT.transport(transport));
                Client client = running.connect()) {
            assertArrayEquals(
                    Arrays.copyOfRange(content, 10_000, 80_000), client.get("/").body());
            assertEquals(200, client.get("/").code());
        }
    }

    @Test
    void anOldClientGetsALengthAndItsConnectionIsKept() throws Exception {
        try (Running running = Running.start(sends(file(random(1000)), 0));
                Client client = running.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                Client.Response response = client.response();
                assertEquals("1000", response.field("Content-Length"));
                assertEquals("keep-alive", response.field("Connection"));
            }
        }
    }

    @Test
    void aHeadRequestGetsTheLengthOnly() throws Exception {
        try (Running running = Running.start(sends(file(random(1000)), 100));
                Client client = running.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + GET);
            Client.Response response = client.response(false);
            assertEquals("900", response.field("Content-Length"));
            assertNull(response.field("Transfer-Encoding"));
            assertEquals(900, client.response().body().length);
            Running.await(this::closed);
        }
    }

    @Test
    void aStreamIsReadInBlocks() throws Exception {
        byte[] content = random(100_000);
        Application application = (environ, start) -> {
            start.start("200 OK", List.of());
            return new FileWrapper(new ByteArrayInputStream(content), 30_000);
        };
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            Client.Response response = client.get("/");
            assertEquals("chunked", response.field("Transfer-Encoding"));
            assertArrayEquals(content, response.body());
        }
    }

    @Test
    void aFileInputStreamIsAFile() throws Exception {
        Path path = file(random(50_000));
        Application application = (environ, start) -> {
            InputStream stream = new FileInputStream(path.toFile());
            stream.skipNBytes(1000);
            start.start("200 OK", List.of());
            return new FileWrapper(stream, 8192);
        };
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            Client.Response response = client.get("/");
            assertEquals("49000", response.field("Content-Length"));
            assertArrayEquals(Arrays.copyOfRange(random(50_000), 1000, 50_000), response.body());
        }
    }

    @Test
    void aSubclassOfFileInputStreamIsRead() throws Exception {
        Path path = file(random(5000));
        Application application = (environ, start) -> {
            var stream = new FileInputStream(path.toFile()) {
                private boolean done;

                @Override
                public int read(byte[] into) {
                    into[0] = 'x';
                    done = !done;
                    return done ? 1 : -1;
                }
            };
            start.start("200 OK", List.of());
            return new FileWrapper(stream, 8192);
        };
        try (Running running = Running.start(application);
                Client client = running.connect()) {
            assertEquals("x", client.get("/").text());
        }
    }

    @Test
    void aFileOfAnotherFileSystemIsRead() throws Exception {
        Path zip = Objects.requireNonNull(folder).resolve("zip");
        try (var system = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Files.writeString(system.getPath("/inside"), "from a zip file");
        }
        try (var system = FileSystems.newFileSystem(zip, Map.of());
                Running running = Running.start(sends(system.getPath("/inside"), 5));
                Client client = running.connect()) {
            assertEquals("a zip file", client.get("/").text());
            Running.await(this::closed);
        }
    }

    /** A length beyond 2 GiB, and a position beyond it. */
    @Test
    void aHugeFileIsSent() throws Exception {
        long size = (1L << 31) + 1_000_000;
        Path path = sparse(size);
        try (Running running = Running.start(sends(path, 0));
                Client client = running.connect()) {
            Client.Response head = client.send(GET).response(false);
            assertEquals(Long.toString(size), head.field("Content-Length"));
            byte[] last = new byte[3];
            byte[] buffer = new byte[1 << 20];
            for (long left = size; left > 0; ) {
                int count = client.read(buffer);
                assertTrue(count > 0, left + " bytes are missing");
                left -= count;
                if (count >= 3 && left == 0) {
                    last = Arrays.copyOfRange(buffer, count - 3, count);
                }
            }
            assertEquals("end", new String(last, StandardCharsets.US_ASCII));
        }
        try (Running running = Running.start(sends(path, size - 50_000));
                Client client = running.connect()) {
            assertEquals("\0".repeat(49_997) + "end", client.get("/").text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatBecomesShorterIsACutResponse(ServerConfig.Transport transport) throws Exception {
        Path path = sparse(50_000_000);
        try (Running running = Running.start(sends(path, 0), Settings.DEFAULT.transport(transport));
                Client client = new Client(running.address(), 10_000)) {
            client.send(GET).response(false);
            try (FileChannel writable = FileChannel.open(path, StandardOpenOption.WRITE)) {
                writable.truncate(20_000_000);
            }
            assertTrue(received(client) < 50_000_000);
            Running.await(() -> running.server.active() == 0 && closed());
        }
    }

    /** How much comes until the connection ends, in whatever way. */
    private static long received(Client client) {
        byte[] buffer = new byte[1 << 16];
        long received = 0;
        try {
            for (int count = client.read(buffer); count >= 0; count = client.read(buffer)) {
                received += count;
            }
        } catch (IOException reset) {
            return received;
        }
        return received;
    }

    @Test
    void aSlowReaderHoldsNoThread() throws Exception {
        Path path = sparse(50_000_000);
        Application file = sends(path, 0);
        Application both = (environ, start) -> Objects.equals(environ.get("PATH_INFO"), "/file")
                ? file.call(environ, start)
                : Running.hello("x").call(environ, start);
        try (Running running = Running.start(both, Settings.DEFAULT.threads(1));
                Client slow = new Client(running.address(), 10_000);
                Client other = running.connect()) {
            slow.send(GET.replace("/ ", "/file ")).response(false);
            assertEquals("x", other.get("/").text());
            Running.await(() -> running.worker.idleThreads() == 1);
            assertFalse(closed(), "it is still being sent");
            slow.socket.shutdownOutput();
            assertEquals(50_000_000, received(slow));
            Running.await(() -> running.server.active() == 0 && closed());
        }
    }

    @Test
    void aClientThatLeavesEndsTheTransfer() throws Exception {
        var bytes = new AtomicLong();
        Settings settings = Settings.DEFAULT.requests(request -> bytes.set(request.bytes()));
        try (Running running = Running.start(sends(sparse(50_000_000), 0), settings);
                Client client = new Client(running.address(), 10_000)) {
            client.send(GET).response(false);
            assertEquals(100_000, client.socket.getInputStream().readNBytes(100_000).length);
            client.reset();
            Running.await(() -> running.server.active() == 0 && running.server.connections() == 0 && closed());
            Running.await(() -> bytes.get() > 0);
            assertTrue(bytes.get() < 50_000_000, bytes + " bytes in the access log");
        }
    }

    @Test
    void aClientThatDoesNotReadIsCut() throws Exception {
        var timeouts = new Timeouts(LONG, LONG, LONG, LONG, Duration.ofMillis(300), LONG, LONG, LONG);
        try (Running running = Running.start(sends(sparse(50_000_000), 0), Settings.DEFAULT.timeouts(timeouts));
                Client client = new Client(running.address(), 10_000)) {
            client.send(GET).response(false);
            Running.await(() -> running.server.connections() == 0 && closed());
            assertTrue(received(client) < 50_000_000);
        }
    }

    @Test
    void aDrainCutsATransferAfterItsGrace() throws Exception {
        var timeouts = new Timeouts(LONG, LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(300), Duration.ofMillis(100));
        try (Running running = Running.start(sends(sparse(50_000_000), 0), Settings.DEFAULT.timeouts(timeouts));
                Client client = new Client(running.address(), 10_000)) {
            client.send(GET).response(false);
            Thread.ofVirtual().start(() -> assertDoesNotThrow(running.server::drain));
            Running.await(() -> running.server.active() == 0 && closed());
            assertTrue(received(client) < 50_000_000);
        }
    }
}
