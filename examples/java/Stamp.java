import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.Middleware;
import java.util.ArrayList;

/** Middleware: adds a header field to each response. The body passes by as it is, pauses included. */
public class Stamp implements Middleware {
    private final Header header;

    public Stamp(String name, String value) {
        header = new Header(name, value);
    }

    @Override
    public Application wrap(Application inner) {
        return (environ, startResponse) -> inner.call(environ, (status, headers, failure) -> {
            var stamped = new ArrayList<>(headers);
            stamped.add(header);
            return startResponse.start(status, stamped, failure);
        });
    }
}
