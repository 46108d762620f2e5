package dev.stoker.sim.wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads requests from a connection, with bounds: 32 KiB of head, 64 MiB of body. Used by the one
 * thread that reads the connection.
 */
final class RequestReader {
    private static final int LARGEST_HEAD = 32 << 10;
    private static final int LARGEST_BODY = 64 << 20;
    private static final int NOTHING = -2;

    private final InputStream in;
    private int pushedBack = NOTHING;

    RequestReader(InputStream in) {
        this.in = in;
    }

    /** A request that can't be served; the connection ends with this status. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refused(int status, String reason) {
            super(reason);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Waits for the first byte of a further request; false when the client has closed. */
    boolean awaitMore() throws IOException {
        if (pushedBack == NOTHING) {
            pushedBack = in.read();
        }
        return pushedBack >= 0;
    }

    /** Reads the next request; empty when the client has closed between requests. */
    Optional<WireRequest> next() throws IOException, Refused {
        String line = line(LARGEST_HEAD);
        while (line != null && line.isEmpty()) {
            line = line(LARGEST_HEAD);
        }
        if (line == null) {
            return Optional.empty();
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !parts[1].startsWith("/") || !parts[2].startsWith("HTTP/1.")) {
            throw new Refused(400, "not an HTTP/1 request line");
        }
        Map<String, String> headers = headers(line.length());
        byte[] body = body(headers);
        int question = parts[1].indexOf('?');
        String path = question < 0 ? parts[1] : parts[1].substring(0, question);
        String query = question < 0 ? "" : parts[1].substring(question + 1);
        return Optional.of(
                new WireRequest(parts[0].toUpperCase(Locale.ROOT), path, query, headers, body));
    }

    private Map<String, String> headers(int used) throws IOException, Refused {
        Map<String, String> headers = new HashMap<>();
        int left = LARGEST_HEAD - used;
        while (true) {
            String line = line(left);
            if (line == null) {
                throw new IOException("the client closed inside a request's head");
            }
            if (line.isEmpty()) {
                return headers;
            }
            left -= line.length() + 2;
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new Refused(400, "not a header line");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    private byte[] body(Map<String, String> headers) throws IOException, Refused {
        if (headers.containsKey("transfer-encoding")) {
            throw new Refused(501, "request bodies need a Content-Length");
        }
        String length = headers.get("content-length");
        if (length == null) {
            return new byte[0];
        }
        if (!length.matches("[0-9]{1,10}")) {
            throw new Refused(400, "a bad Content-Length");
        }
        long bytes = Long.parseLong(length);
        if (bytes > LARGEST_BODY) {
            throw new Refused(413, "a body of more than 64 MiB");
        }
        byte[] body = in.readNBytes((int) bytes);
        if (body.length < bytes) {
            throw new IOException("the client closed inside a request's body");
        }
        return body;
    }

    private @Nullable String line(int longest) throws IOException, Refused {
        StringBuilder text = new StringBuilder(80);
        while (true) {
            int c = pushedBack == NOTHING ? in.read() : pushedBack;
            pushedBack = NOTHING;
            if (c < 0) {
                return null;
            }
            if (c == '\n') {
                int end = text.length();
                if (end > 0 && text.charAt(end - 1) == '\r') {
                    text.setLength(end - 1);
                }
                return new String(
                        text.toString().getBytes(StandardCharsets.ISO_8859_1),
                        StandardCharsets.UTF_8);
            }
            if (text.length() >= longest) {
                throw new Refused(431, "a head of more than 32 KiB");
            }
            text.append((char) c);
        }
    }
}
