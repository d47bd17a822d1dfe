package dev.pausa.wsgi;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A body that a stage brings: pauses until the stage has completed, then is that body. On a server that cannot pause the
 * step waits (P44). A stage that fails is an error of the application. A request that ends before cancels the stage where
 * {@link CompletionStage#toCompletableFuture} allows it; a body that comes yet is closed by the thread that brings it.
 */
public final class StageBody<T> implements Body {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final @Nullable PauseOutput pauseOutput;
    private final CompletionStage<T> stage;
    private final CompletableFuture<T> future;
    private final Function<? super T, ? extends Body> toBody;
    private @Nullable Resume resume;
    private @Nullable Body body;

    /** For the request of {@code environ}; {@code toBody} makes a body of what the stage brings, at most once. */
    public StageBody(Environ environ, CompletionStage<T> stage, Function<? super T, ? extends Body> toBody) {
        pauseOutput = environ.get(Environ.PAUSE_OUTPUT);
        this.stage = stage;
        this.toBody = toBody;
        future = stage.toCompletableFuture();
    }

    /** For a stage that brings a body as it is. */
    public static <B extends Body> StageBody<B> of(Environ environ, CompletionStage<B> stage) {
        return new StageBody<>(environ, stage, body -> body);
    }

    @Override
    public @Nullable ByteBuffer next() throws Exception {
        if (body == null) {
            if (pauseOutput == null) {
                future.handle((_, _) -> true).join();
            } else if (!pause(pauseOutput)) {
                return NOTHING;
            }
            body = brought();
        }
        return body.next();
    }

    /**
     * Pauses unless the stage has completed, and returns whether it has. A step that came although the own resume is
     * pending (P15: a middleware swallows block boundaries), and one of a request that is over, waits instead, for at most
     * a second, so that nobody spins.
     */
    private boolean pause(PauseOutput pauseOutput) throws Exception {
        if (future.isDone()) {
            return true;
        }
        Resume own = resume;
        if (own == null || !own.pending()) {
            own = resume = pauseOutput.pause();
            stage.whenComplete(new Waker(own)); // at once, if it has completed in between
            if (own.pending() || future.isDone()) {
                return false;
            }
        }
        try {
            future.handle((_, _) -> true).get(1, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    /** Wakes the request, whatever the stage brought. */
    private record Waker(Resume resume) implements BiConsumer<@Nullable Object, @Nullable Throwable> {
        @Override
        public void accept(@Nullable Object value, @Nullable Throwable failure) {
            resume.resume();
        }
    }

    private Body brought() throws Exception {
        try {
            return toBody.apply(future.get());
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
    }

    @Override
    public void close() throws Exception {
        if (body != null) {
            body.close();
        } else if (!future.cancel(false) && !future.isCompletedExceptionally()) {
            toBody.apply(future.join()).close();
        } else {
            stage.thenAccept(this::closeLate); // never, unless the future is only a copy of the stage
        }
    }

    private void closeLate(T late) {
        try {
            toBody.apply(late).close();
        } catch (Exception failure) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }
}
