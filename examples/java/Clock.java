import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.CallLater;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Header;
import dev.pausa.wsgi.PauseOutput;
import dev.pausa.wsgi.Resume;
import dev.pausa.wsgi.StartResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** A stream of server-sent events, one a second, that pauses in between and holds no thread then. */
public class Clock implements Application {
    @Override
    public Body call(Environ environ, StartResponse startResponse) throws Exception {
        startResponse.start(
                "200 OK",
                List.of(new Header("Content-Type", "text/event-stream"), new Header("Cache-Control", "no-store")));
        return new Ticks(environ.get(Environ.PAUSE_OUTPUT), environ.get(Environ.CALL_LATER));
    }

    /** An endless body. Its steps never overlap, so its fields need no lock. */
    private static final class Ticks implements Body {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

        private final PauseOutput pauseOutput; // null on a server that cannot pause
        private final CallLater callLater;
        private long due = System.nanoTime();

        Ticks(PauseOutput pauseOutput, CallLater callLater) {
            this.pauseOutput = pauseOutput;
            this.callLater = callLater;
        }

        @Override
        public ByteBuffer next() throws InterruptedException {
            var left = Duration.ofNanos(due - System.nanoTime());
            if (left.isPositive()) {
                if (pauseOutput != null && callLater != null) {
                    Resume resume = pauseOutput.pause(); // "Do not ask me for more before I am resumed ...
                    callLater.after(left, resume); // ... which happens when the time has come ...
                    return ByteBuffer.allocate(0); // ... and now I have nothing."
                }
                Thread.sleep(left);
            }
            due += Duration.ofSeconds(1).toNanos();
            String event = "data: " + LocalTime.now().format(TIME) + "\n\n";
            return ByteBuffer.wrap(event.getBytes(StandardCharsets.UTF_8));
        }
    }
}
