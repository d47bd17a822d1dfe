package dev.pausa.cpython;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.Input;
import dev.pausa.wsgi.Name;
import dev.pausa.wsgi.Variables;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whatever requests came before, an environ has what its own request has, and nothing else. */
class EnvironDictTest {
    /** Shared names, some with values that are never kept, the one with the last number, and names that nobody shares. */
    private static final List<String> NAMES = List.of(
            "REQUEST_METHOD",
            "PATH_INFO",
            "QUERY_STRING",
            "SCRIPT_NAME",
            "SERVER_NAME",
            "REMOTE_PORT",
            "HTTP_HOST",
            "HTTP_COOKIE",
            "HTTP_AUTHORIZATION",
            "pausa.request_id",
            "HTTP_X_ODD",
            "HTTP_X_ODDER");

    private static final List<String> FUNCTIONS = List.of("wsgi.pause_output", "pausa.close_reason");

    @Test
    void environsOfRandomRequests() throws Exception {
        PythonApplication application = Python.application(Python.MAIN, """
                FUNCTIONS = 'wsgi.input', 'wsgi.pause_output', 'pausa.close_reason'
                constants = None
                def app(environ, start_response):
                    global constants
                    start_response('200 OK', [])
                    if constants is None:
                        constants = set(environ) - {'SCRIPT_NAME'}
                    own = {k: v for k, v in environ.items() if type(v) is str and k not in constants}
                    own |= {k: '' for k in FUNCTIONS if k in environ}
                    assert len(own) + len(constants) == len(environ), environ
                    assert all(environ[k] is not None for k in FUNCTIONS if k in environ)
                    assert 'wsgi.input' not in environ or environ['wsgi.input'].read() == b''
                    for key in own:
                        environ[key] = 'changed by the application'
                    environ['added'] = 'by the application'
                    return ['\\n'.join(f'{k}={own[k]}' for k in sorted(own)).encode('latin-1')]
                """);
        Python.serve(Python.MAIN, application, new Environ(new Variables()));
        var chance = new Random(3333);
        for (int i = 0; i < 3000; i++) {
            Map<String, String> expected = new TreeMap<>(Map.of("SCRIPT_NAME", ""));
            Environ environ = random(chance, expected);
            StringBuilder text = new StringBuilder();
            expected.forEach((name, value) -> text.append(text.isEmpty() ? "" : "\n")
                    .append(name)
                    .append('=')
                    .append(value));
            assertEquals(
                    text.toString(),
                    Python.serve(Python.MAIN, application, environ).body());
        }
    }

    /** Few sets of names and few values, so that most come again. */
    private static Environ random(Random chance, Map<String, String> expected) {
        var variables = new Variables(1);
        int set = chance.nextInt(6);
        for (int i = 0; i < NAMES.size(); i++) {
            if ((i + set) % (set + 2) != 0 || chance.nextInt(50) == 0) {
                String value = chance.nextInt(100) == 0 ? "x".repeat(300) : "\u00e9" + chance.nextInt(3);
                variables.add(Name.of(NAMES.get(i)), value.getBytes(ISO_8859_1));
                expected.put(NAMES.get(i), value);
            }
        }
        var environ = new Environ(variables);
        if (chance.nextBoolean()) {
            environ.put(Environ.INPUT, Input.EMPTY);
            expected.put("wsgi.input", "");
        }
        if (chance.nextBoolean()) {
            environ.put(Environ.PAUSE_OUTPUT, () -> {
                throw new AssertionError("nobody pauses");
            });
            environ.put(Environ.CLOSE_REASON, () -> null);
            FUNCTIONS.forEach(name -> expected.put(name, ""));
        }
        return environ;
    }
}
