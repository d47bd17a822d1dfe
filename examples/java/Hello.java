import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.StartResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The smallest application. */
public class Hello implements Application {
    private static final byte[] TEXT = "Hello world\n".getBytes(StandardCharsets.UTF_8);

    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
        return Body.of(TEXT); // one chunk: the server adds its length
    }
}
