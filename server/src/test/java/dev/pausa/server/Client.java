package dev.pausa.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP/1 client that sends what a test says and reads one response at a time. */
final class Client implements AutoCloseable {
    final Socket socket = new Socket();
    private final InputStream in;

    Client(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /** A client with a receive buffer of this size; 0 for the system's default. */
    Client(InetSocketAddress address, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(address);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = socket.getInputStream();
    }

    /** A response as read. */
    record Response(String status, List<String> fields, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        int code() {
            return Integer.parseInt(status.substring(9, 12));
        }

        @Nullable
        String field(String name) {
            for (String field : fields) {
                if (field.regionMatches(true, 0, name + ": ", 0, name.length() + 2)) {
                    return field.substring(name.length() + 2);
                }
            }
            return null;
        }
    }

    Client send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** A GET without a body. */
    Response get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").response();
    }

    Response response() throws IOException {
        return response(true);
    }

    /** Reads a response; {@code body}: whether it can have one. */
    Response response(boolean body) throws IOException {
        String status = line();
        List<String> fields = new ArrayList<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            fields.add(field);
        }
        Response head = new Response(status, fields, new byte[0]);
        return body ? new Response(status, fields, body(head)) : head;
    }

    private byte[] body(Response head) throws IOException {
        String length = head.field("Content-Length");
        if (length != null) {
            byte[] bytes = in.readNBytes(Integer.parseInt(length));
            if (bytes.length < Integer.parseInt(length)) {
                throw new IOException("body cut short after " + bytes.length);
            }
            return bytes;
        }
        if (head.field("Transfer-Encoding") == null) {
            return in.readAllBytes();
        }
        var body = new ByteArrayOutputStream();
        for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
            body.write(chunk);
        }
        return body.toByteArray();
    }

    /** Reads one chunk of a chunked body; the last one is empty. */
    byte[] chunk() throws IOException {
        int size = Integer.parseInt(line(), 16);
        byte[] data = in.readNBytes(size);
        String end = line();
        if (data.length < size || !end.isEmpty()) {
            throw new IOException("chunk cut short");
        }
        return data;
    }

    /** Reads a line without its CRLF. */
    String line() throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("end of stream after \"" + line + "\"");
            }
            line.append((char) b);
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("no CRLF after \"" + line + "\"");
        }
        line.setLength(line.length() - 1);
        return line.toString();
    }

    /** Reads all that comes until the server closes. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    int read(byte[] into) throws IOException {
        return in.read(into);
    }

    /** Closes with a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
