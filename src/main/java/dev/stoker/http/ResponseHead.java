package dev.stoker.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The status line and the headers of a response.
 *
 * @param status 100 to 999
 * @param reason the text after the status; often empty
 * @param headers in order, as they came
 */
public record ResponseHead(int status, String reason, List<Map.Entry<String, String>> headers) {
    public ResponseHead {
        headers = List.copyOf(headers);
    }

    /** Returns the first value of a header, whatever the case of its name. */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(h -> h.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }
}
