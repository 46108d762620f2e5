package dev.stoker.sim.wire;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it came over the wire.
 *
 * @param method in upper case
 * @param path without the query
 * @param query without the question mark; empty for none
 * @param headers by name in lower case; of several with one name the last
 * @param body the bytes; not copied
 */
public record WireRequest(
        String method, String path, String query, Map<String, String> headers, byte[] body) {

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Returns the body as UTF-8 text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Returns whether the connection may serve another request after this one. */
    boolean keepsAlive() {
        return header("connection").map(c -> !c.equalsIgnoreCase("close")).orElse(true);
    }
}
