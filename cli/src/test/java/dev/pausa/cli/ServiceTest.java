package dev.pausa.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.server.ThreadGuard;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A server's life as the main thread sees it. */
class ServiceTest {
    private static final Service.Served SERVED = new Service.Served(new CommandLineTest.Working(), ThreadGuard.NONE, 0);

    @TempDir
    Path folder;

    private final CountDownLatch rung = new CountDownLatch(1);

    private static Service service(String... args) {
        var command = new ServeCommand(Map.of(), () -> {
            throw new AssertionError();
        });
        new CommandLine(command).parseArgs(args);
        return new Service(command.options(), "a test");
    }

    private void start(Service service) {
        service.start(SERVED, rung::countDown);
    }

    private Integer end(Service service) throws InterruptedException {
        assertTrue(rung.await(10, TimeUnit.SECONDS));
        Integer outcome = service.outcome();
        return outcome == null ? -1 : outcome;
    }

    @Test
    void drainEndsIt() throws Exception {
        Path pid = folder.resolve("pid");
        Service service = service("-b", "127.0.0.1:0", "--pid", pid.toString(), "hello");
        start(service);
        while (!Files.exists(pid)) {
            Thread.sleep(5);
        }
        assertNull(service.outcome());
        service.drain("SIGTERM");
        assertEquals(Main.OK, end(service));
        assertTrue(Files.notExists(pid));
    }

    @Test
    void drainedBeforeItStarted() throws Exception {
        Service service = service("-b", "127.0.0.1:0", "hello");
        service.drain("SIGTERM");
        start(service);
        assertEquals(Main.OK, end(service));
    }

    @Test
    void addressInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Service service = service("-b", "127.0.0.1:" + taken.getLocalPort(), "hello");
            start(service);
            assertEquals(Main.FAILED, end(service));
        }
    }

    @Test
    void whatCannotBeOpenedStopsAllThatWas() throws Exception {
        Path pid = Files.createDirectory(folder.resolve("pid"));
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Service service = service("-b", "127.0.0.1:" + port, "--pid", pid.toString(), "hello");
        start(service);
        assertEquals(Main.FAILED, end(service));
        assertThrows(
                java.net.ConnectException.class, () -> new java.net.Socket(InetAddress.getLoopbackAddress(), port));
    }

    @Test
    void accessLogThatCannotBeWritten() throws Exception {
        Service service = service("-b", "127.0.0.1:0", "--access-logfile", folder.toString(), "hello");
        start(service);
        assertEquals(Main.FAILED, end(service));
    }

    @Test
    void accessLogFormatThatIsWrong() throws Exception {
        Service service = service("-b", "127.0.0.1:0", "--access-logfile", "-", "--access-logformat", "100%", "hello");
        start(service);
        assertEquals(Main.FAILED, end(service));
    }
}
