package dev.stoker.http;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/**
 * Keeps the encoded head of the last request: the next one of a load test has the same. One thread.
 */
final class EncodedHeads {
    private final Endpoint endpoint;
    private String method = "";
    private String path = "";
    private @Nullable Map<String, String> headers;
    private byte[] head = new byte[0];

    EncodedHeads(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Returns all bytes of a request for a connection that is kept. */
    @SuppressWarnings("ReferenceEquality") // The same headers are one object; others are encoded.
    byte[] encoded(HttpRequest request) {
        if (request.headers() != headers
                || !request.path().equals(path)
                || !request.method().equals(method)) {
            method = request.method();
            path = request.path();
            headers = request.headers();
            head = request.head(endpoint, true);
        }
        return request.encoded(head);
    }
}
