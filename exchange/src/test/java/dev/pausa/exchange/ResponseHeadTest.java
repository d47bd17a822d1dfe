package dev.pausa.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Header;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** start_response in the order of PEP 3333, "The start_response() Callable". */
class ResponseHeadTest {
    private final ResponseHead head = new ResponseHead(false);

    private void start(String status, Header... headers) throws Exception {
        head.start(status, List.of(headers), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "404 ", "999 Whatever It Takes", "200 caf\u00e9"})
    void statusIsACodeASpaceAndAReason(String status) throws Exception {
        start(status);
        assertEquals(status, head.commit(-1).status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "200",
                "20 OK",
                "2000 OK",
                "abc OK",
                "-20 OK",
                "200\tOK",
                "200 OK\r\n",
                "200  OK",
                "200 OK ",
                " 200 OK",
                "200 a\nb",
                "200 \u20ac",
                "200 \u007f"
            })
    void otherStatusesAreRefused(String status) {
        assertThrows(ApplicationError.class, () -> start(status));
    }

    @ParameterizedTest
    @ValueSource(strings = {"100 Continue", "101 Switching Protocols", "099 Odd"})
    void interimStatusesAreTheServersBusiness(String status) {
        assertThrows(ApplicationError.class, () -> start(status));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A B", "A:", "caf\u00e9", "A\n", "(A)", "A\u0000"})
    void headerNamesAreTokens(String name) {
        assertThrows(ApplicationError.class, () -> start("200 OK", new Header(name, "x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nB: c", "a\n", "a\u0000", "\u20ac", "\u007f"})
    void headerValuesHaveNoControlCharacters(String value) {
        assertThrows(ApplicationError.class, () -> start("200 OK", new Header("X", value)));
    }

    @Test
    void whiteSpaceAroundAValueIsNotPartOfIt() throws Exception {
        start("200 OK", new Header("X", " a\tb \t"), new Header("Y", ""), new Header("Z", " "));
        assertEquals(
                List.of(new Header("X", "a\tb"), new Header("Y", ""), new Header("Z", "")),
                head.commit(-1).headers());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "keep-alive",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "TE",
                "Trailer",
                "Trailers",
                "TRANSFER-ENCODING",
                "Upgrade",
                "Status"
            })
    void hopByHopHeadersAreTheServersBusiness(String name) {
        assertThrows(ApplicationError.class, () -> start("200 OK", new Header(name, "x")));
    }

    @Test
    void contentLengthIsOneNumber() throws Exception {
        start("200 OK", new Header("content-length", "12"));
        assertEquals(12, head.commit(5).contentLength());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1, 1", "0x1", "1 1", "9223372036854775808", "\u0661"})
    void otherContentLengthsAreRefused(String value) {
        assertThrows(ApplicationError.class, () -> start("200 OK", new Header("Content-Length", value)));
    }

    @Test
    void contentLengthTwiceIsRefused() {
        Header length = new Header("Content-Length", "1");
        assertThrows(ApplicationError.class, () -> start("200 OK", length, length));
    }

    @Test
    void theHeadersAreCopied() throws Exception {
        List<Header> headers = new ArrayList<>(List.of(new Header("X", "1")));
        head.start("200 OK", headers, null);
        headers.clear();
        assertEquals(1, head.commit(-1).headers().size());
    }

    @Test
    void aSecondCallNeedsExcInfo() throws Exception {
        start("200 OK");
        assertThrows(ApplicationError.class, () -> start("200 OK"));
    }

    @Test
    void aCallThatRaisedCounts() {
        assertThrows(ApplicationError.class, () -> start("nonsense"));
        assertFalse(head.started());
        assertThrows(ApplicationError.class, () -> start("200 OK"));
    }

    @Test
    void excInfoReplacesWhatIsNotCommitted() throws Exception {
        start("200 OK", new Header("Content-Length", "3"));
        head.start("500 Sorry", List.of(), new Exception("late"));
        ResponseHead.Committed fixed = head.commit(-1);
        assertEquals(500, fixed.code());
        assertEquals(-1, fixed.contentLength());
    }

    @Test
    void excInfoIsRaisedAgainWhenHeadersWereSent() throws Exception {
        start("200 OK");
        head.commit(-1);
        var failure = new Exception("late");
        assertSame(failure, assertThrows(Exception.class, () -> head.start("500 Sorry", List.of(), failure)));
        var error = new StackOverflowError("deep");
        assertSame(error, assertThrows(Error.class, () -> head.start("500 Sorry", List.of(), error)));
    }

    @Test
    void excInfoInAFirstCallIsFine() throws Exception {
        head.start("500 Sorry", List.of(), new Exception("early"));
        assertTrue(head.started());
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void someResponsesHaveNoBodyAndNoDerivedLength(String status) throws Exception {
        start(status);
        ResponseHead.Committed fixed = head.commit(5);
        assertTrue(fixed.bodyless());
        assertEquals(-1, fixed.contentLength());
    }
}
