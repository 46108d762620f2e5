package dev.stoker.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One request. The Host, Content-Length, Accept-Encoding and Connection headers are the exchange's
 * own business.
 *
 * @param method GET, POST …
 * @param path the path and query, starting with a slash, encoded; the endpoint's base path comes
 *     before it
 * @param headers further headers, in order
 * @param body the body's bytes; empty for none. The array is not copied: do not change it.
 */
public record HttpRequest(String method, String path, Map<String, String> headers, byte[] body) {
    private static final byte[] NOTHING = new byte[0];
    private static final byte[] LENGTH = "Content-Length: ".getBytes(StandardCharsets.US_ASCII);

    public HttpRequest {
        Objects.requireNonNull(body, "body is null");
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path must start with a slash: " + path);
        }
        for (Map.Entry<String, String> h : headers.entrySet()) {
            if (hasLineBreak(h.getKey()) || hasLineBreak(h.getValue())) {
                throw new IllegalArgumentException("header " + h.getKey() + " holds a line break");
            }
        }
    }

    private static boolean hasLineBreak(String s) {
        return s.indexOf('\r') >= 0 || s.indexOf('\n') >= 0;
    }

    public static HttpRequest get(String path) {
        return new HttpRequest("GET", path, Map.of(), NOTHING);
    }

    /** Returns a request that posts JSON text. */
    public static HttpRequest post(String path, String json) {
        return new HttpRequest(
                "POST",
                path,
                Map.of("Content-Type", "application/json"),
                json.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns this request with one header more. */
    public HttpRequest with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpRequest(method, path, more, body);
    }

    /** Returns this request with another body; it shares the headers. */
    public HttpRequest body(byte[] other) {
        return new HttpRequest(method, path, headers, other);
    }

    byte[] encoded(Endpoint endpoint, boolean keepAlive) {
        return encoded(head(endpoint, keepAlive));
    }

    /**
     * @param head what {@link #head} returned for this request or one that differs in its body only
     */
    byte[] encoded(byte[] head) {
        boolean hasLength = body.length > 0 || !(method.equals("GET") || method.equals("HEAD"));
        int digits = digits(body.length);
        int more = hasLength ? LENGTH.length + digits + 2 : 0;
        byte[] all = Arrays.copyOf(head, head.length + more + 2 + body.length);
        int at = head.length;
        if (hasLength) {
            System.arraycopy(LENGTH, 0, all, at, LENGTH.length);
            at += LENGTH.length + digits;
            int left = body.length;
            for (int i = 1; i <= digits; i++) {
                all[at - i] = (byte) ('0' + left % 10);
                left /= 10;
            }
            at = lineBreak(all, at);
        }
        System.arraycopy(body, 0, all, lineBreak(all, at), body.length);
        return all;
    }

    private static int digits(int n) {
        int digits = 1;
        for (int left = n; left > 9; left /= 10) {
            digits++;
        }
        return digits;
    }

    private static int lineBreak(byte[] to, int at) {
        to[at] = '\r';
        to[at + 1] = '\n';
        return at + 2;
    }

    /** Returns the request's first lines, without the length of the body and the empty line. */
    byte[] head(Endpoint endpoint, boolean keepAlive) {
        StringBuilder head = new StringBuilder(256);
        head.append(method)
                .append(' ')
                .append(endpoint.basePath())
                .append(path)
                .append(" HTTP/1.1\r\n");
        head.append("Host: ").append(endpoint.hostHeader()).append("\r\n");
        head.append("User-Agent: stoker\r\nAccept: */*\r\nAccept-Encoding: identity\r\n");
        head.append("Connection: ").append(keepAlive ? "keep-alive" : "close").append("\r\n");
        headers.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
        return head.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Says what is asked, and none of the headers: one of them may hold a key. */
    @Override
    public String toString() {
        return method + " " + path + ", " + body.length + " bytes";
    }
}
