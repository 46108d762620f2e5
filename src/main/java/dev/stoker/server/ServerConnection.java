package dev.stoker.server;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.SendStamps;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;

/**
 * What every dialect needs of a server: short questions whose answers are JSON, long ones, and
 * streams, with each failure turned into a {@link ServerFailure}. Holds no connection open.
 * Thread-safe.
 *
 * <p>On a simulated box the clock runs fast, but connecting and short questions still take the
 * machine's own time: their limits are kept in wall time.
 */
public final class ServerConnection {
    private static final int LARGEST_ANSWER = 64 << 20;
    private static final Duration SHORTEST_STALL = Duration.ofSeconds(2);

    private final HttpExchange exchange;
    private final ApiKey key;
    private final Failures failures;

    public ServerConnection(ServerKind kind, Endpoint endpoint, Clock clock, ApiKey key) {
        this.exchange = new HttpExchange(endpoint, clock);
        this.key = key;
        this.failures = new Failures(kind, endpoint, key);
    }

    public Endpoint endpoint() {
        return exchange.endpoint();
    }

    public Clock clock() {
        return exchange.clock();
    }

    public Failures failures() {
        return failures;
    }

    /** Returns the request with the API key, if there is one. */
    public HttpRequest authorized(HttpRequest request) {
        return key.authorize(request);
    }

    /** Asks a short question and returns whatever came. */
    public HttpAnswer ask(HttpRequest request) {
        Timeouts limits = Timeouts.control();
        Timeouts wall =
                new Timeouts(wall(limits.connect()), wall(limits.silence()), wall(limits.total()));
        return exchange.fetch(authorized(request), wall, LARGEST_ANSWER, Cancellation.never());
    }

    /** Asks a short question that is answered with JSON. */
    public JsonNode get(String path) throws ServerException {
        return json(ask(HttpRequest.get(path)), "", false);
    }

    /** Asks a short question about a model that is answered with JSON. */
    public JsonNode post(String path, ObjectNode body, String model) throws ServerException {
        return json(ask(HttpRequest.post(path, Json.write(body))), model, false);
    }

    /**
     * Asks for a load that is answered with JSON when it is over, and waits through that much
     * silence.
     */
    public JsonNode load(
            String path, ObjectNode body, String model, Duration stall, Cancellation cancellation)
            throws ServerException {
        HttpRequest request = authorized(HttpRequest.post(path, Json.write(body)));
        return json(
                exchange.fetch(request, patient(stall), LARGEST_ANSWER, cancellation), model, true);
    }

    /** Carries a prepared stream to its end. */
    public void stream(StreamCall call, SendStamps stamps, Cancellation cancellation) {
        ExchangeEnd end =
                exchange.run(
                        call.request(),
                        patient(call.stall()),
                        stamps,
                        call.decoder(),
                        cancellation);
        call.decoder().end(end, clock().nanos());
    }

    private JsonNode json(HttpAnswer answer, String model, boolean loading) throws ServerException {
        boolean whole = answer.end() instanceof ExchangeEnd.Complete;
        if (!whole
                && (answer.head().isEmpty()
                        || answer.isSuccess()
                        || !(answer.end() instanceof ExchangeEnd.Cut))) {
            throw new ServerException(failures.ofEnd(answer.end()));
        }
        if (answer.status() < 200 || answer.status() > 299) {
            throw new ServerException(
                    failures.ofStatus(answer.status(), answer.text(), model, loading));
        }
        if (!whole) {
            throw new ServerException(failures.ofEnd(answer.end()));
        }
        return Json.parse(answer.body(), 0, answer.body().length)
                .orElseThrow(() ->
                        new ServerException(
                                new ServerFailure.BadAnswer(
                                        answer.status(), "the answer is not JSON")));
    }

    private Timeouts patient(Duration stall) {
        Timeouts limits = Timeouts.stream(stall);
        Duration shortest = wall(SHORTEST_STALL);
        boolean tooShort = clock().speed() > 1 && stall.compareTo(shortest) < 0;
        return new Timeouts(wall(limits.connect()), tooShort ? shortest : stall, limits.total());
    }

    /** Returns the clock's time that takes so long on the wall. */
    private Duration wall(Duration duration) {
        double speed = clock().speed();
        return speed == 1
                ? duration
                : Duration.ofNanos((long) Math.min(duration.toNanos() * speed, 4e18));
    }
}
