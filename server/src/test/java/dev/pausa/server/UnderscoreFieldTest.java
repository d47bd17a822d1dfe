package dev.pausa.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.Environ;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which header fields become which variables: one spelling for each (CVE-2015-0219, CVE-2024-45614). */
class UnderscoreFieldTest {
    /** Answers with all HTTP_ variables. */
    private static final Application VARIABLES = (environ, start) -> {
        start.start("200 OK", List.of());
        return Running.text(variables(environ));
    };

    private static String variables(Environ environ) {
        return environ.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("HTTP_"))
                .map(entry -> entry.getKey().substring(5) + "=" + entry.getValue())
                .sorted()
                .collect(Collectors.joining(" "));
    }

    private static String answer(Running.Settings settings, String request) throws Exception {
        try (Running running = Running.start(VARIABLES, settings);
                Client client = running.connect()) {
            return client.send(request.replace("|", "\r\n") + "\r\n\r\n")
                    .response()
                    .text();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Remote_User: a, HOST=h",
        "Remote-User: a, HOST=h REMOTE_USER=a",
        "User_Agent: a, HOST=h",
        "Proxy: a, HOST=h",
        "Content_Length: 5, HOST=h",
        "Transfer_Encoding: chunked, HOST=h"
    })
    void droppedUnlessAllowed(String field, String variables) throws Exception {
        assertEquals(variables, answer(Running.Settings.DEFAULT, "GET / HTTP/1.1|Host: h|" + field));
    }

    @ParameterizedTest
    @CsvSource({
        "Remote_User: a, HOST=h REMOTE_USER=a",
        "REMOTE_USER: a, HOST=h REMOTE_USER=a",
        "Remote-User: evil, HOST=h",
        "Remote-User: evil|Remote_User: a, HOST=h REMOTE_USER=a",
        "Remote_User: a|Remote-User: evil, HOST=h REMOTE_USER=a",
        "X-Remote_User: a|Other_Field: b, HOST=h",
        "X-Other: a, HOST=h X_OTHER=a"
    })
    void allowedByNameInThisSpellingOnly(String fields, String variables) throws Exception {
        var settings = Running.Settings.DEFAULT.underscoreFields(List.of(new UnderscoreField("remote_user")));
        assertEquals(variables, answer(settings, "GET / HTTP/1.1|Host: h|" + fields));
    }

    @Test
    void hostOfTheTargetWithoutHost_9112_3_2_2() throws Exception {
        assertEquals("HOST=a.example:80", answer(Running.Settings.DEFAULT, "GET http://a.example:80/x HTTP/1.0"));
        assertEquals("HOST=A", answer(Running.Settings.DEFAULT, "GET http://a/x HTTP/1.1|Host: A"));
    }
}
