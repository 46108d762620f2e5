package dev.stoker.http;

import java.time.Duration;

/**
 * How an exchange ended. Nothing here is thrown: a broken connection is an ordinary result of
 * talking to a server.
 */
public sealed interface ExchangeEnd {

    /** The response came to its proper end. */
    record Complete(long nanos, Framing framing) implements ExchangeEnd {}

    /**
     * No connection: refused, no such host, no route, TLS failed, or not accepted in time. Nothing
     * was sent.
     */
    record Unreachable(String reason) implements ExchangeEnd {}

    /**
     * The connection ended before the response did; {@code headSeen} tells whether a status had
     * come.
     */
    record Cut(long nanos, boolean headSeen, String reason) implements ExchangeEnd {}

    /** No byte came for so long; {@code headSeen} tells whether a status had come. */
    record Stalled(Duration silence, boolean headSeen) implements ExchangeEnd {}

    /** What came is not HTTP/1.1, or larger than allowed. */
    record Malformed(String reason) implements ExchangeEnd {}

    /** The caller cancelled. */
    record Cancelled() implements ExchangeEnd {}

    /** What told the end of a complete response. */
    enum Framing {
        LAST_CHUNK,
        CONTENT_LENGTH,
        NO_BODY,
        /** Neither a length nor chunks: the server closed, which can't be told from a cut. */
        CLOSED
    }
}
