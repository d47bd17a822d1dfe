import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.AsyncApplication;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.StartResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** An answer that is there a second later, as that of a client for another service would be; no thread waits for it. */
public class Slow implements Application {
    private static final byte[] TEXT = "a second later\n".getBytes(StandardCharsets.UTF_8);

    private final Executor later = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
    private final Application application = ((AsyncApplication) this::answer).toApplication();

    private CompletionStage<AsyncApplication.Answer> answer(Environ environ) {
        return CompletableFuture.supplyAsync(
                () -> new AsyncApplication.Answer(
                        "200 OK", List.of(new Header("Content-Type", "text/plain")), Body.of(TEXT)),
                later);
    }

    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        return application.call(environ, startResponse);
    }
}
