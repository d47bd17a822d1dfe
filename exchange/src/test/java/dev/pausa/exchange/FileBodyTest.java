package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CloseReason;
import dev.pausa.wsgi.FileRange;
import dev.pausa.wsgi.FileWrapper;
import dev.pausa.wsgi.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that lie in a file (PEP 3333, "Optional Platform-Specific File Handling"): handed over whole, or read. */
class FileBodyTest {
    private final Rig rig = new Rig();
    private final List<FileChannel> opened = new ArrayList<>();

    @TempDir
    @Nullable
    Path folder;

    @AfterEach
    void close() throws IOException {
        for (FileChannel channel : opened) {
            channel.close();
        }
    }

    /** A file of ten digits. */
    private FileChannel digits() throws IOException {
        return file("0123456789");
    }

    /** A file of 20,000 bytes, which is not small. */
    private FileChannel large() throws IOException {
        return file("x".repeat(20_000));
    }

    private FileChannel file(String content) throws IOException {
        if (folder == null) {
            throw new AssertionError("no folder");
        }
        FileChannel channel = FileChannel.open(Files.writeString(folder.resolve("file"), content));
        opened.add(channel);
        return channel;
    }

    /** Answers with this status and these headers, and with {@code body}, whose close is logged. */
    private Application answer(String status, Body body, Header... headers) {
        return (environ, start) -> {
            start.start(status, List.of(headers));
            return logged(body);
        };
    }

    private Body logged(Body body) {
        return new Body() {
            @Override
            public @Nullable FileRange file() throws Exception {
                return body.file();
            }

            @Override
            public @Nullable ByteBuffer next() throws Exception {
                rig.log.add("step");
                return body.next();
            }

            @Override
            public void close() throws Exception {
                body.close();
                rig.log.add("close " + rig.exchange().closeReason());
            }
        };
    }

    private static Header length(long bytes) {
        return new Header("Content-Length", Long.toString(bytes));
    }

    @Test
    void theRestOfTheFileIsSentAndItsLengthDerived() throws Exception {
        FileChannel file = large().position(3);
        rig.serve(answer("200 OK", new FileWrapper(file, 4)));
        assertEquals("head 200 length 19997, file 3 + 19997, end, close END", rig.story());
        assertTrue(file.isOpen(), "it belongs to the output");
        rig.on(Event.FLUSHED);
        assertEquals(new State.Released(CloseReason.END), rig.exchange().state());
    }

    @Test
    void noMoreThanContentLengthIsSent() throws Exception {
        rig.serve(answer("206 Partial Content", new FileWrapper(large().position(3), 4), length(17_000)));
        assertEquals("head 206 length 17000, file 3 + 17000, end, close END", rig.story());
    }

    @Test
    void aFileThatIsTooShortIsReadAndCutShort() throws Exception {
        FileChannel file = digits();
        rig.serve(answer("200 OK", new FileWrapper(file, 100), length(11)));
        assertEquals(
                "step, head 200 length 11, write 0123456789, step, too short by 1, abort, close ERROR, released ERROR",
                rig.story());
        assertFalse(file.isOpen());
    }

    @Test
    void anEmptyFileHasNothingToSend() throws Exception {
        rig.serve(answer("200 OK", new FileWrapper(digits().position(10), 4)));
        assertEquals("step, head 200 length 0, end, close END", rig.story());
    }

    @Test
    void aHeadRequestHasTheLengthAndOpensNothing() throws Exception {
        FileChannel file = digits();
        rig.headRequest().serve(answer("200 OK", new FileWrapper(file, 4)));
        assertEquals("head 200 length 10 bodyless, end, close END", rig.story());
        assertFalse(file.isOpen(), "closed with the body");
    }

    @Test
    void a304HasNoBody() throws Exception {
        rig.serve(answer("304 Not Modified", new FileWrapper(digits(), 4)));
        assertEquals("head 304 bodyless, end, close END", rig.story());
    }

    @Test
    void whatWriteSentCountsTowardsTheLength() throws Exception {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of(length(17_003))).write(Rig.bytes("abc"));
            return logged(new FileWrapper(large(), 4));
        });
        assertEquals("head 200 length 17003, write abc, file 0 + 17000, end, close END", rig.story());
    }

    @Test
    void afterAWriteWithoutALengthItIsRead() throws Exception {
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of()).write(Rig.bytes("abc"));
            return logged(new FileWrapper(digits(), 100));
        });
        assertEquals("head 200, write abc, step, write 0123456789, step, end, close END", rig.story());
    }

    @Test
    void anOutputThatSendsNoFilesGetsBlocksOfAKnownLength() throws Exception {
        rig.sendsFiles = false;
        FileChannel file = large();
        rig.serve(answer("200 OK", new FileWrapper(file, 30_000)));
        assertTrue(rig.story().startsWith("step, head 200 length 20000, write xxx"));
        assertTrue(rig.story().endsWith(", step, end, close END"));
        assertFalse(file.isOpen());
    }

    @Test
    void aSmallFileLeavesWithItsHead() throws Exception {
        rig.serve(answer("200 OK", new FileWrapper(digits().position(3), 4)));
        assertEquals("step, head 200 length 7, write 3456, step, write 789, step, end, close END", rig.story());
    }

    @Test
    void aFileThatCannotBeOpenedAgainIsRead() {
        var refused = new FileRange() {
            @Override
            public long position() {
                return 0;
            }

            @Override
            public long count() {
                return 20_000;
            }

            @Override
            public FileChannel open() throws IOException {
                throw new IOException("no permission");
            }
        };
        var body = new Body() {
            private int steps;

            @Override
            public FileRange file() {
                return refused;
            }

            @Override
            public @Nullable ByteBuffer next() {
                return steps++ == 0 ? Rig.bytes("x".repeat(20_000)) : null;
            }
        };
        rig.serve(answer("200 OK", body));
        assertTrue(rig.story().startsWith("step, head 200 length 20000, write xxx"));
    }

    @Test
    void p20APauseInStepZeroComesFirst() throws Exception {
        FileChannel file = large();
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of());
            rig.callLater().after(Duration.ofMillis(5), rig.pause());
            return logged(new FileWrapper(file, 4));
        });
        assertEquals("flush, parked", rig.story());
        file.position(1000);
        rig.pass(5);
        rig.run();
        assertTrue(rig.story().endsWith("head 200 length 19000, file 1000 + 19000, end, close END"), rig.story());
    }

    @Test
    void p27NothingIsSentToAClientThatLeft() throws Exception {
        FileChannel file = digits();
        var body = logged(new FileWrapper(file, 4));
        rig.serve((environ, start) -> {
            start.start("200 OK", List.of());
            return new Body() {
                @Override
                public @Nullable FileRange file() throws Exception {
                    rig.on(Event.DISCONNECTED);
                    return body.file();
                }

                @Override
                public @Nullable ByteBuffer next() throws Exception {
                    return body.next();
                }

                @Override
                public void close() throws Exception {
                    body.close();
                }
            };
        });
        assertEquals("close DISCONNECT, released DISCONNECT", rig.story());
        assertFalse(file.isOpen());
    }

    @Test
    void withoutStartResponseItIsA500() throws Exception {
        rig.serve((environ, start) -> logged(new FileWrapper(digits(), 4)));
        assertTrue(rig.story().contains("head 500"), rig.story());
    }
}
