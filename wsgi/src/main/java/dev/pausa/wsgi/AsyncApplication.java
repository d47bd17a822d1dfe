package dev.pausa.wsgi;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An application that answers later, from whatever thread completes its stage; no thread is held until then.
 *
 * <p>A stage that fails is an error of the application, as if {@link Application#call} had thrown.
 */
@FunctionalInterface
public interface AsyncApplication {
    /** Begins to answer one request; called in step 0. The environ may be used by one thread at a time. */
    CompletionStage<Answer> call(Environ environ) throws Exception;

    /** What the stage brings: the arguments of {@link StartResponse#start} and the body. */
    record Answer(String status, List<Header> headers, Body body) {
        public Answer {
            headers = List.copyOf(headers);
        }
    }

    /** Returns this as an application that every server takes; on one that cannot pause it holds its thread (P44). */
    default Application toApplication() {
        // start_response may come in any step (P19): here in the first one after the stage has completed.
        return (environ, startResponse) ->
                new StageBody<>(environ, call(environ), answer -> new Begun(answer, startResponse));
    }

    /** The body of an answer, whose first step begins the response. */
    final class Begun implements Body {
        private final Answer answer;
        private final StartResponse startResponse;
        private boolean begun;

        private Begun(Answer answer, StartResponse startResponse) {
            this.answer = answer;
            this.startResponse = startResponse;
        }

        @Override
        public @Nullable ByteBuffer next() throws Exception {
            if (!begun) {
                begun = true;
                startResponse.start(answer.status(), answer.headers());
            }
            return answer.body().next();
        }

        @Override
        public void close() throws Exception {
            answer.body().close();
        }
    }
}
