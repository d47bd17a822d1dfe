package dev.pausa.wsgi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StageBodyTest {
    private final Environ environ = new Environ(new Variables());
    private final List<Epoch> epochs = new ArrayList<>();
    private final List<String> noted = new ArrayList<>();

    /** A server's epoch: what the resume of the stage did to it. */
    private static final class Epoch implements Resume {
        private boolean open = true;

        @Override
        public boolean resume() {
            boolean ended = open;
            open = false;
            return ended;
        }

        @Override
        public boolean pending() {
            return open;
        }
    }

    private void pausing() {
        environ.put(Environ.PAUSE_OUTPUT, () -> {
            epochs.add(new Epoch());
            return epochs.getLast();
        });
    }

    private Body noting(String text) {
        Body chunks = Body.of(text.getBytes(StandardCharsets.UTF_8));
        return new Body() {
            @Override
            public @Nullable ByteBuffer next() throws Exception {
                return chunks.next();
            }

            @Override
            public void close() {
                noted.add("closed " + text);
            }
        };
    }

    private static @Nullable String text(@Nullable ByteBuffer chunk) {
        return chunk == null ? null : StandardCharsets.UTF_8.decode(chunk).toString();
    }

    @Test
    void pausesUntilTheStageHasCompleted() throws Exception {
        pausing();
        var stage = new CompletableFuture<Body>();
        var body = StageBody.of(environ, stage);
        assertEquals("", text(body.next()));
        assertTrue(epochs.getFirst().open);
        stage.complete(noting("late"));
        assertFalse(epochs.getFirst().open);
        assertEquals("late", text(body.next()));
        assertNull(body.next());
        body.close();
        assertEquals(List.of("closed late"), noted);
        assertEquals(1, epochs.size());
    }

    @Test
    void aCompletedStageNeedsNoPause() throws Exception {
        pausing();
        assertEquals(
                "now",
                text(StageBody.of(environ, CompletableFuture.completedStage(noting("now")))
                        .next()));
        assertEquals(List.of(), epochs);
    }

    @Test
    void wokenBySomebodyElseItPausesAgain() throws Exception { // P15
        pausing();
        var body = StageBody.of(environ, new CompletableFuture<Body>());
        body.next();
        epochs.getFirst().open = false;
        assertEquals("", text(body.next()));
        assertEquals(2, epochs.size());
    }

    @Test
    void steppedWhileItsResumeIsPendingItWaits() throws Exception { // P15, P44
        pausing();
        var stage = new CompletableFuture<Body>();
        var body = StageBody.of(environ, stage);
        body.next();
        stage.completeOnTimeout(noting("late"), 50, TimeUnit.MILLISECONDS);
        assertEquals("late", text(body.next()));
        assertEquals(1, epochs.size());
    }

    @Test
    void withoutTheKeyTheStepWaits() throws Exception { // P44
        var stage = new CompletableFuture<Body>();
        stage.completeOnTimeout(noting("late"), 50, TimeUnit.MILLISECONDS);
        assertEquals("late", text(StageBody.of(environ, stage).next()));
    }

    @Test
    void aStageThatFailsIsAnErrorOfTheApplication() throws Exception { // P24
        pausing();
        var stage = new CompletableFuture<Body>();
        var body = StageBody.of(environ, stage);
        body.next();
        stage.completeExceptionally(new IOException("upstream"));
        assertEquals("upstream", assertThrows(IOException.class, body::next).getMessage());
        body.close();
    }

    @Test
    void aRequestThatEndsBeforeCancelsTheStage() throws Exception { // P25
        pausing();
        var stage = new CompletableFuture<Body>();
        var body = StageBody.of(environ, stage);
        body.next();
        body.close();
        assertTrue(stage.isCancelled());
    }

    @Test
    void aBodyThatComesAfterTheEndIsClosed() throws Exception {
        pausing();
        var source = new CompletableFuture<Body>();
        CompletionStage<Body> stage = source.minimalCompletionStage();
        var body = StageBody.of(environ, stage);
        body.next();
        body.close();
        assertEquals(List.of(), noted);
        source.complete(noting("unused"));
        assertEquals(List.of("closed unused"), noted);
    }

    @Test
    void aBodyThatCameBetweenTheLastStepAndTheEndIsClosed() throws Exception {
        pausing();
        var stage = new CompletableFuture<Body>();
        var body = StageBody.of(environ, stage);
        body.next();
        stage.complete(noting("unused"));
        body.close();
        assertEquals(List.of("closed unused"), noted);
    }

    @Test
    void anAsynchronousApplicationBeginsItsResponseWhenItHasOne() throws Exception { // P19
        pausing();
        var stage = new CompletableFuture<AsyncApplication.Answer>();
        AsyncApplication application = _ -> stage;
        var body = application.toApplication().call(environ, (status, _, _) -> {
            noted.add(status);
            return _ -> {};
        });
        assertEquals("", text(body.next()));
        assertEquals(List.of(), noted);
        stage.complete(new AsyncApplication.Answer("200 OK", List.of(), noting("late")));
        assertEquals("late", text(body.next()));
        assertNull(body.next());
        body.close();
        assertEquals(List.of("200 OK", "closed late"), noted);
    }
}
