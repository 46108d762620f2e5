package dev.stoker.http;

/** What came is not HTTP/1.1. Thrown by the parser, caught by the exchange. */
public final class MalformedResponse extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedResponse(String reason) {
        super(reason);
    }
}
