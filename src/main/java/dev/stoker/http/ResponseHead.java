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
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return Optional.of(header.getValue());
            }
        }
        return Optional.empty();
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }
}
