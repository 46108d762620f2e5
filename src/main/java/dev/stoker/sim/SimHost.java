package dev.stoker.sim;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The host of a simulated box, read from the box's {@code /sim/state}: memory and the server's one
 * process. Thread-safe.
 */
public final class SimHost implements HostSource {
    private static final int LARGEST_STATE = 1 << 20;
    private static final HostProcess SERVER =
            new HostProcess(4711, 1, "ollama", "/usr/bin/ollama serve (simulated)");

    private final HttpExchange exchange;

    public SimHost(HttpExchange exchange) {
        this.exchange = exchange;
    }

    private Optional<JsonNode> state() {
        HttpAnswer answer =
                exchange.fetch(
                        HttpRequest.get("/sim/state"),
                        Timeouts.control(),
                        LARGEST_STATE,
                        Cancellation.never());
        return answer.isSuccess() ? Json.parse(answer.text()) : Optional.empty();
    }

    private static Reading<Bytes> bytes(Optional<JsonNode> state, String... path) {
        return state.flatMap(s -> Json.integer(s, path))
                .<Reading<Bytes>>map(count -> Reading.known(Bytes.of(count)))
                .orElse(Reading.failed("the simulated box did not tell its state"));
    }

    @Override
    public HostMemory memory() {
        Optional<JsonNode> s = state();
        return new HostMemory(
                bytes(s, "host", "total_bytes"),
                bytes(s, "host", "available_bytes"),
                bytes(s, "host", "free_bytes"),
                bytes(s, "host", "page_cache_bytes"),
                bytes(s, "host", "swap_total_bytes"),
                bytes(s, "host", "swap_used_bytes"));
    }

    @Override
    public Reading<HostProcess> listener(int port) {
        return port == exchange.endpoint().port()
                ? Reading.known(SERVER)
                : Reading.failed("nothing else listens on a simulated box");
    }

    /** A simulated server has no options: it never sleeps. */
    @Override
    public Reading<Launch> launch(long pid) {
        return Reading.known(new Launch(List.of(), Reading.known(Map.of())));
    }

    @Override
    public TreeMemory tree(long rootPid) {
        return new TreeMemory(
                List.of(SERVER),
                bytes(state(), "server", "memory_bytes"),
                "rss",
                Reading.unsupported("a simulated box has no control groups"));
    }

    @Override
    public List<MemoryUser> largestUsers(int count) {
        return bytes(state(), "host", "other_bytes") instanceof Reading.Known<Bytes>(Bytes other)
                        && count > 0
                ? List.of(
                        new MemoryUser(
                                new HostProcess(4000, 1, "other", "other software (simulated)"),
                                other))
                : List.of();
    }

    @Override
    public Reading<Throttling> throttling() {
        return Reading.unsupported("a simulated box does not get hot");
    }

    @Override
    public boolean isLocal() {
        return false;
    }

    /**
     * Returns the largest amount that the simulated server held since its start or the last reset.
     */
    public Reading<Bytes> peak() {
        return bytes(state(), "server", "peak_bytes");
    }
}
