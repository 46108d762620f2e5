package dev.stoker.sim.wire;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The way back to one client: a whole answer, or a chunked one piece by piece, or one that breaks
 * off. Used by the one thread that handles the request.
 */
public final class WireResponse {
    private static final Map<Integer, String> REASONS =
            Map.ofEntries(
                    Map.entry(200, "OK"),
                    Map.entry(400, "Bad Request"),
                    Map.entry(403, "Forbidden"),
                    Map.entry(404, "Not Found"),
                    Map.entry(405, "Method Not Allowed"),
                    Map.entry(413, "Content Too Large"),
                    Map.entry(431, "Request Header Fields Too Large"),
                    Map.entry(500, "Internal Server Error"),
                    Map.entry(501, "Not Implemented"),
                    Map.entry(503, "Service Unavailable"));

    private final Socket socket;
    private final OutputStream out;
    private final boolean head;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private boolean keepAlive;
    private boolean begun;
    private boolean ended;

    WireResponse(Socket socket, boolean head, boolean keepAlive) throws IOException {
        this.socket = socket;
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16 << 10);
        this.head = head;
        this.keepAlive = keepAlive;
    }

    /** Sets a header of the answer; no effect once it has begun. */
    public WireResponse header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Sends a whole answer. */
    public void send(int status, String contentType, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        writeHead(status, contentType, "Content-Length: " + bytes.length);
        if (!head) {
            out.write(bytes);
        }
        out.flush();
        ended = true;
    }

    /** Begins a chunked answer: its head goes out with the first flush. */
    public void begin(int status, String contentType) throws IOException {
        writeHead(status, contentType, "Transfer-Encoding: chunked");
    }

    /** Writes one chunk, without flushing it. */
    public void chunk(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && !head) {
            out.write(
                    (Integer.toHexString(bytes.length) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }
    }

    public void flush() throws IOException {
        out.flush();
    }

    /** Ends a chunked answer in good order. */
    public void end() throws IOException {
        if (!head) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
        ended = true;
    }

    /** Closes the connection as it is: what was begun stays unfinished, as when a server dies. */
    public void cut() throws IOException {
        keepAlive = false;
        out.flush();
        socket.close();
    }

    /** Returns whether anything of the answer has been written. */
    public boolean hasBegun() {
        return begun;
    }

    boolean mayServeAnother() {
        return keepAlive && ended;
    }

    private void writeHead(int status, String contentType, String framing) throws IOException {
        if (begun) {
            throw new IllegalStateException("the answer has begun already");
        }
        begun = true;
        StringBuilder text = new StringBuilder(200);
        text.append("HTTP/1.1 ").append(status).append(' ');
        text.append(REASONS.getOrDefault(status, "Status")).append("\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        if (!contentType.isEmpty()) {
            text.append("Content-Type: ").append(contentType).append("\r\n");
        }
        text.append(framing).append("\r\n");
        if (!keepAlive) {
            text.append("Connection: close\r\n");
        }
        text.append("\r\n");
        out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
