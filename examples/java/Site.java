import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.StartResponse;

/** Puts the parts together: `/events` is the clock, everything else says hello, and both get a stamp. */
public class Site implements Application {
    private final Application site = new Stamp("X-Example", "Pausa").wrap(routes(new Clock(), new Hello()));

    private static Application routes(Application clock, Application hello) {
        return (environ, startResponse) ->
                ("/events".equals(environ.get("PATH_INFO")) ? clock : hello).call(environ, startResponse);
    }

    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        return site.call(environ, startResponse);
    }
}
