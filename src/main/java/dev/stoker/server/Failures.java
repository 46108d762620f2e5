package dev.stoker.server;

import dev.stoker.base.Text;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Turns what came from one server (the end of an exchange, a status, an error in a stream) into a
 * {@link ServerFailure}. The words it looks for were seen on Ollama 0.33 and llama-server b10434,
 * or stand in the sources of older Ollama versions. Every detail is cleaned for printing here.
 * Immutable.
 */
public final class Failures {
    private static final List<String> DIED =
            List.of(
                    "unexpected eof",
                    "runner has unexpectedly stopped",
                    "proxy error: failed to read connection",
                    "connection reset by peer",
                    "broken pipe");
    private static final List<String> LOAD_FAILED =
            List.of(
                    "process has terminated",
                    "failed to load",
                    "unable to load model",
                    "error loading model",
                    "error starting llama-server",
                    "timed out waiting for llama",
                    "timed out waiting for server",
                    "exceeds file size",
                    "invalid file magic",
                    "unsupported model");
    private static final List<String> BAD_REQUEST =
            List.of(
                    "must be of type",
                    "invalid format",
                    "input is not supported",
                    "does not support",
                    "parse error",
                    "parse_error",
                    "exceed_context_size",
                    "exceeds the available context size",
                    "cannot unmarshal");

    private final ServerKind kind;
    private final Endpoint endpoint;
    private final ApiKey key;

    public Failures(ServerKind kind, Endpoint endpoint, ApiKey key) {
        this.kind = kind;
        this.endpoint = endpoint;
        this.key = key;
    }

    /** Returns the failure of an exchange that did not end in good order. */
    public ServerFailure ofEnd(ExchangeEnd end) {
        return switch (end) {
            case ExchangeEnd.Complete c -> new ServerFailure.BadAnswer(0, "the answer was empty");
            case ExchangeEnd.Unreachable(String reason) ->
                    new ServerFailure.Unreachable(endpoint.url(), Text.plain(reason));
            case ExchangeEnd.Cut(long _, boolean headSeen, String reason) ->
                    new ServerFailure.ServerDied(
                            Text.plain(reason)
                                    + (headSeen
                                            ? " in the middle of the answer"
                                            : " before any answer came"));
            case ExchangeEnd.Stalled(Duration silence, boolean headSeen) ->
                    new ServerFailure.Stalled(
                            silence,
                            headSeen ? "in the middle of the answer" : "before the answer began");
            case ExchangeEnd.Malformed(String reason) ->
                    new ServerFailure.BadAnswer(0, Text.plain(reason));
            case ExchangeEnd.Cancelled() -> new ServerFailure.Cancelled();
        };
    }

    /**
     * Returns the failure that a status other than success stands for.
     *
     * @param model what the request was for; empty if for none
     * @param loading whether the request was for a load alone
     */
    public ServerFailure ofStatus(int status, String body, String model, boolean loading) {
        ErrorText error = ErrorText.read(body);
        String detail = Text.plain(key.redact(error.raw()));
        String words = error.raw().toLowerCase(Locale.ROOT);
        if (status == 401 || status == 403) {
            return new ServerFailure.Refused(status, refusal(status, detail));
        }
        if (MemoryWords.say(error.raw())) {
            return new ServerFailure.OutOfMemory(model, detail);
        }
        if (status == 429 || status == 503) {
            return new ServerFailure.Busy(status, detail);
        }
        if (!model.isEmpty() && (status == 404 || status == 400) && namesMissingModel(words)) {
            return new ServerFailure.ModelMissing(model, detail);
        }
        if (status == 404 || status == 405) {
            return new ServerFailure.BadAnswer(status, detail);
        }
        if (status < 500 || status == 501 || contains(words, BAD_REQUEST)) {
            return status < 400
                    ? new ServerFailure.BadAnswer(status, detail)
                    : new ServerFailure.BadRequest(status, detail);
        }
        if (isLoadEof(words)) {
            return new ServerFailure.ServerDied(
                    detail + " (the runner died while loading: often because memory ran out)");
        }
        if (contains(words, LOAD_FAILED) || (loading && !contains(words, DIED))) {
            return new ServerFailure.LoadFailed(model, detail);
        }
        if (contains(words, DIED)) {
            return new ServerFailure.ServerDied(detail);
        }
        return new ServerFailure.BadAnswer(status, detail);
    }

    /** Returns the failure that an error inside a stream with a good status stands for. */
    public ServerFailure ofStreamError(ErrorText error, String model) {
        String words = error.raw().toLowerCase(Locale.ROOT);
        String detail = Text.plain(key.redact(error.raw()));
        if (MemoryWords.say(error.raw())) {
            return new ServerFailure.OutOfMemory(model, detail);
        }
        if (contains(words, DIED) || isLoadEof(words) || words.contains("process has terminated")) {
            return new ServerFailure.ServerDied(detail);
        }
        return switch (error.code()) {
            case 429, 503 -> new ServerFailure.Busy(error.code(), detail);
            case 400 -> new ServerFailure.BadRequest(400, detail);
            default -> new ServerFailure.StreamError(detail);
        };
    }

    /**
     * Before 0.30 Ollama asks its runner to load: {@code do load request: Post
     * "http://127.0.0.1:…/load": EOF}.
     */
    private static boolean isLoadEof(String words) {
        return words.contains("post \"http://127.0.0.1:")
                && (words.stripTrailing().endsWith("eof")
                        || words.contains("connection refused")
                        || words.contains("connection reset"));
    }

    private static boolean namesMissingModel(String words) {
        return words.contains("model")
                && (words.contains("not found") || words.contains("does not exist"));
    }

    private static boolean contains(String words, List<String> phrases) {
        return phrases.stream().anyMatch(words::contains);
    }

    private String refusal(int status, String detail) {
        if (status == 403
                && detail.isEmpty()
                && (kind == ServerKind.OLLAMA || kind == ServerKind.OPENAI)) {
            return "it does not accept the host name '"
                    + Text.plain(endpoint.host())
                    + "'; an Ollama that is bound to loopback answers only to localhost and to"
                    + " local addresses: use --server with its IP address, or start it with"
                    + " OLLAMA_HOST=0.0.0.0";
        }
        String why =
                key.isPresent()
                        ? "it does not accept the API key"
                        : "it wants an API key: name it with --api-key-env";
        return status == 401
                ? why + (detail.isEmpty() ? "" : " (it says: " + detail + ")")
                : detail.isEmpty() ? why : detail;
    }
}
