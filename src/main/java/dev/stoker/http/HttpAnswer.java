package dev.stoker.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A whole response, or what there was of it.
 *
 * @param head status and headers, if they came
 * @param body the bytes that came; the array is the caller's
 * @param end how the exchange ended
 */
public record HttpAnswer(Optional<ResponseHead> head, byte[] body, ExchangeEnd end) {

    /** Returns the body as UTF-8 text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Returns the status, or 0 when none came. */
    public int status() {
        return head.map(ResponseHead::status).orElse(0);
    }

    /** Returns whether the response came whole and its status is a success. */
    public boolean isSuccess() {
        return end instanceof ExchangeEnd.Complete && status() >= 200 && status() < 300;
    }
}
