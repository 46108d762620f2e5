package dev.stoker.sim;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.host.ServerLog;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a real server's log would tell of a simulated one: the cached part of each prompt, from the
 * box's {@code /sim/requests}. Thread-safe.
 */
public final class SimLog {
    private static final int LARGEST = 4 << 20;

    private final HttpExchange exchange;

    public SimLog(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /** Returns a mark of the log as it is now: how many requests the server has finished. */
    public long mark() {
        return counts().map(List::size).orElse(0);
    }

    /** Returns the cached tokens of the requests finished since a mark, in order. */
    public Reading<List<Long>> cachedSince(long mark) {
        Optional<List<Long>> counts = counts();
        if (counts.isEmpty()) {
            return Reading.failed("the simulated box did not tell its requests");
        }
        List<Long> all = counts.get();
        // Fewer than at the mark: the server was restarted, and all of them are new.
        return Reading.known(all.size() < mark ? all : all.subList((int) mark, all.size()));
    }

    /** Returns where the layers of the model that was loaded last went. */
    public Reading<ServerLog.Layers> layers() {
        HttpAnswer answer =
                exchange.fetch(
                        HttpRequest.get("/sim/state"),
                        Timeouts.control(),
                        LARGEST,
                        Cancellation.never());
        Reading<ServerLog.Layers> last =
                Reading.failed("the simulated box did not tell what it has loaded");
        long youngest = -1;
        if (answer.isSuccess()) {
            for (JsonNode loaded : Json.parse(answer.text()).orElse(Json.object()).path("loaded")) {
                if (loaded.path("pid").asLong(0) > youngest) {
                    youngest = loaded.path("pid").asLong(0);
                    last =
                            Reading.known(
                                    new ServerLog.Layers(
                                            loaded.path("layers_on_gpu").asInt(0),
                                            loaded.path("layers").asInt(0)));
                }
            }
        }
        return last;
    }

    private Optional<List<Long>> counts() {
        HttpAnswer answer =
                exchange.fetch(
                        HttpRequest.get("/sim/requests"),
                        Timeouts.control(),
                        LARGEST,
                        Cancellation.never());
        if (!answer.isSuccess()) {
            return Optional.empty();
        }
        return Json.parse(answer.text()).map(SimLog::numbers);
    }

    private static List<Long> numbers(JsonNode page) {
        List<Long> numbers = new ArrayList<>();
        page.path("cached_tokens").forEach(n -> numbers.add(n.asLong(0)));
        return List.copyOf(numbers);
    }
}
