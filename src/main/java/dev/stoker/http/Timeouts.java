package dev.stoker.http;

import java.time.Duration;

/**
 * How long an exchange waits, in the clock's time.
 *
 * @param connect until the connection stands
 * @param silence without any byte, before and after the head
 * @param total from the first to the last byte
 */
public record Timeouts(Duration connect, Duration silence, Duration total) {

    /** For short questions to a server: 3 s to connect, 10 s of silence, 30 s in all. */
    public static Timeouts control() {
        return new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    /** For streams: so much silence, and no limit in all but a day. */
    public static Timeouts stream(Duration silence) {
        return new Timeouts(Duration.ofSeconds(10), silence, Duration.ofDays(1));
    }
}
