package dev.stoker.http;

import java.nio.charset.StandardCharsets;
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

    byte[] encoded(Endpoint endpoint, boolean keepAlive) {
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
        if (body.length > 0 || !(method.equals("GET") || method.equals("HEAD"))) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("\r\n");
        byte[] start = head.toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    /** Says what is asked, and none of the headers: one of them may hold a key. */
    @Override
    public String toString() {
        return method + " " + path + ", " + body.length + " bytes";
    }
}
