package dev.stoker.server;

import java.time.Duration;

/**
 * What went wrong with a server, as far as the outside can tell. Each says what happened in one
 * sentence; {@link #code} is the stable name in records and JSON.
 */
public sealed interface ServerFailure {

    /** No connection could be made. */
    record Unreachable(String url, String reason) implements ServerFailure {}

    /** 401 or 403: a key is missing or wrong, or the Host or Origin header is not accepted. */
    record Refused(int status, String reason) implements ServerFailure {}

    /** The server does not know the model. */
    record ModelMissing(String model, String detail) implements ServerFailure {}

    /** The model could not be loaded, for another reason than memory. */
    record LoadFailed(String model, String detail) implements ServerFailure {}

    /** Memory ran out, on load or in mid-run: the server's words hold one of the known phrases. */
    record OutOfMemory(String model, String detail) implements ServerFailure {}

    /** The stream ended, in good order or not, without the sign that the answer was complete. */
    record StreamCut(String detail) implements ServerFailure {}

    /** The server reported an error inside a stream that had begun with status 200. */
    record StreamError(String detail) implements ServerFailure {}

    /** The server, or the runner behind it, died. */
    record ServerDied(String detail) implements ServerFailure {}

    /** No byte came for so long. */
    record Stalled(Duration silence, String when) implements ServerFailure {}

    /** 503, or 429: full queue, still loading. */
    record Busy(int status, String detail) implements ServerFailure {}

    /**
     * The server says that the request is wrong: an option's type, a context overflow. Status 0: it
     * was not even asked, because this kind of server can't do it.
     */
    record BadRequest(int status, String detail) implements ServerFailure {}

    /**
     * The answer is not what this kind of server says: not HTTP, not JSON, a status or a 500 nobody
     * knows.
     */
    record BadAnswer(int status, String detail) implements ServerFailure {}

    /** The caller stopped it. */
    record Cancelled() implements ServerFailure {}

    /** Returns the failure's stable name. */
    default String code() {
        return switch (this) {
            case Unreachable f -> "unreachable";
            case Refused f -> "refused";
            case ModelMissing f -> "model-missing";
            case LoadFailed f -> "load-failed";
            case OutOfMemory f -> "out-of-memory";
            case StreamCut f -> "stream-cut";
            case StreamError f -> "stream-error";
            case ServerDied f -> "server-died";
            case Stalled f -> "stalled";
            case Busy f -> "busy";
            case BadRequest f -> "bad-request";
            case BadAnswer f -> "bad-answer";
            case Cancelled f -> "cancelled";
        };
    }

    /**
     * Returns what happened, in one sentence for a person; text of the server in it still needs
     * cleaning to print.
     */
    default String sentence() {
        return switch (this) {
            case Unreachable f ->
                    "The server at " + f.url() + " could not be reached: " + f.reason() + ".";
            case Refused f ->
                    "The server refused the request (HTTP " + f.status() + "): " + f.reason() + ".";
            case ModelMissing f ->
                    "The server does not have the model '" + f.model() + "'" + tail(f.detail());
            case LoadFailed f ->
                    "The model '" + f.model() + "' could not be loaded" + tail(f.detail());
            case OutOfMemory f ->
                    "Memory ran out for the model '" + f.model() + "'" + tail(f.detail());
            case StreamCut f -> "The answer ended before it was complete" + tail(f.detail());
            case StreamError f ->
                    "The server reported an error in the middle of the answer" + tail(f.detail());
            case ServerDied f -> "The server or its runner died" + tail(f.detail());
            case Stalled f ->
                    "Nothing came for " + f.silence().toSeconds() + " s " + f.when() + ".";
            case Busy f -> "The server is busy (HTTP " + f.status() + ")" + tail(f.detail());
            case BadRequest f ->
                    (f.status() > 0
                                    ? "The server calls the request wrong (HTTP " + f.status() + ")"
                                    : "The server can not do this")
                            + tail(f.detail());
            case BadAnswer f ->
                    (f.status() >= 500
                                    ? "The server failed (HTTP " + f.status() + ")"
                                    : "The answer is not what such a server says"
                                            + (f.status() > 0 ? " (HTTP " + f.status() + ")" : ""))
                            + tail(f.detail());
            case Cancelled f -> "The request was cancelled.";
        };
    }

    private static String tail(String detail) {
        return detail.isBlank()
                ? "."
                : ": " + detail.strip() + (detail.strip().endsWith(".") ? "" : ".");
    }
}
