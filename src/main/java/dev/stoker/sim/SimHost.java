package dev.stoker.sim;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.host.CpuUse;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSample;
import dev.stoker.host.HostSource;
import dev.stoker.host.Launch;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.Pressure;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Collections;
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

    /** The processes with which the server computes: one a loaded model. */
    @Override
    public Reading<List<HostProcess>> children(long pid) {
        Optional<JsonNode> s = state();
        if (s.isEmpty() || pid != SERVER.pid()) {
            return Reading.failed("the simulated box did not tell its processes");
        }
        List<HostProcess> children = new ArrayList<>();
        for (JsonNode loaded : s.get().path("loaded")) {
            children.add(
                    new HostProcess(
                            loaded.path("pid").asLong(0),
                            SERVER.pid(),
                            "llama-server",
                            Text.plain(loaded.path("command").asString(""), 200)));
        }
        return Reading.known(children);
    }

    @Override
    public Reading<List<Long>> freeBlocks() {
        List<Long> blocks = new ArrayList<>();
        state().ifPresent(s ->
                s.at("/host/free_blocks").forEach(count -> blocks.add(count.asLong(0))));
        return blocks.isEmpty()
                ? Reading.failed("the simulated box did not tell its free blocks")
                : Reading.known(blocks);
    }

    /** Returns a sample of the box's memory and of its processors, as far as it simulates them. */
    public HostSample sample(Clock clock) {
        Optional<JsonNode> s = state();
        String why = "a simulated box does not tell it";
        HostSample sample = HostSample.ofMemory(memory(), clock.now(), clock.nanos(), why);
        Reading<Double> none = Reading.unsupported(why);
        CpuUse cpu =
                new CpuUse(
                        none,
                        none,
                        none,
                        Collections.nCopies(Math.clamp(integer(s, "cores"), 0, 1024), 0.0),
                        number(s, "load_average"),
                        none,
                        none);
        return new HostSample(
                sample.time(),
                sample.nanos(),
                sample.memory(),
                sample.hugePages(),
                cpu,
                new Pressure(number(s, "cpu_pressure"), none),
                sample.memoryPressure(),
                sample.ioPressure(),
                List.of(),
                List.of(),
                Optional.empty(),
                sample.limits());
    }

    private static int integer(Optional<JsonNode> state, String key) {
        return state.map(s -> s.path("host").path(key).asInt(0)).orElse(0);
    }

    private static Reading<Double> number(Optional<JsonNode> state, String key) {
        return state.flatMap(s -> Json.number(s, "host", key))
                .<Reading<Double>>map(Reading::known)
                .orElse(Reading.failed("the simulated box did not tell its state"));
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
