package dev.stoker.sim;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuTrouble.Kind;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The GPUs of a simulated box, from the box's {@code /sim/gpus}, so that screens can be tried
 * without hardware. Every GPU says in its name that it is simulated. Used by one thread.
 */
public final class SimGpus implements GpuSource {
    private static final int LARGEST = 1 << 20;

    /** No process of this machine: the kernel gives no such number. */
    private static final long FIRST_PID = 1L << 23;

    private static final Map<String, GpuMetric> FIGURES =
            Map.ofEntries(
                    Map.entry("utilization_percent", GpuMetric.UTILISATION),
                    Map.entry("memory_utilization_percent", GpuMetric.MEMORY_UTILISATION),
                    Map.entry("memory_total_bytes", GpuMetric.MEMORY_TOTAL),
                    Map.entry("memory_used_bytes", GpuMetric.MEMORY_USED),
                    Map.entry("temperature_celsius", GpuMetric.TEMPERATURE),
                    Map.entry("slowdown_celsius", GpuMetric.SLOWDOWN_TEMPERATURE),
                    Map.entry("power_watts", GpuMetric.POWER),
                    Map.entry("power_limit_watts", GpuMetric.POWER_LIMIT),
                    Map.entry("energy_joules", GpuMetric.ENERGY),
                    Map.entry("clock_hertz", GpuMetric.CLOCK),
                    Map.entry("clock_max_hertz", GpuMetric.CLOCK_MAX),
                    Map.entry("memory_clock_hertz", GpuMetric.MEMORY_CLOCK),
                    Map.entry("performance_state", GpuMetric.PERFORMANCE_STATE));

    private final HttpExchange exchange;
    private final Clock clock;

    /**
     * @param exchange with the simulated box
     * @param clock for stamps
     */
    public SimGpus(HttpExchange exchange, Clock clock) {
        this.exchange = exchange;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "simulated box";
    }

    @Override
    public GpuReport sample() {
        Instant time = clock.now();
        long nanos = clock.nanos();
        HttpAnswer answer =
                exchange.fetch(
                        HttpRequest.get("/sim/gpus"),
                        Timeouts.control(),
                        LARGEST,
                        Cancellation.never());
        Optional<JsonNode> page = answer.isSuccess() ? Json.parse(answer.text()) : Optional.empty();
        if (page.isEmpty() || !page.get().path("gpus").isArray()) {
            return GpuReport.without(
                    name(),
                    time,
                    nanos,
                    new GpuTrouble(
                            Kind.UNAVAILABLE,
                            "The simulated box at "
                                    + exchange.endpoint().url()
                                    + " does not tell its GPUs.",
                            "Start one with 'stoker sim'."));
        }
        List<GpuSample> samples = new ArrayList<>();
        for (JsonNode gpu : page.get().path("gpus")) {
            samples.add(sample(page.get(), gpu, samples.size(), time, nanos));
        }
        Reading<String> none = Reading.unsupported("a simulated box has no driver");
        return new GpuReport(name(), time, nanos, samples, none, none, Optional.empty());
    }

    private static GpuSample sample(
            JsonNode page, JsonNode gpu, int index, Instant time, long nanos) {
        String box = Text.plain(page.path("box").asString(""), 40);
        boolean shared = gpu.path("shared").asBoolean(false);
        Reading<String> none = Reading.unsupported("a simulated GPU has none");
        GpuDevice device =
                new GpuDevice(
                        index,
                        Reading.known(
                                Text.plain(gpu.path("name").asString(""), 80) + " (simulated)"),
                        Reading.known("SIM-" + box + "-" + index),
                        none,
                        GpuVendor.NVIDIA,
                        shared,
                        none);
        GpuSample.Builder sample = GpuSample.of(device, time, nanos);
        FIGURES.forEach((key, metric) -> sample.put(metric, number(gpu, key)));
        JsonNode memory = shared ? page.path("host") : gpu;
        if (shared) {
            Reading<Double> available = number(memory, "available_bytes");
            Reading<Double> total = number(memory, "total_bytes");
            sample.put(GpuMetric.MEMORY_TOTAL, total);
            sample.put(
                    GpuMetric.MEMORY_USED,
                    total.isKnown() ? available.map(a -> total.value() - a) : total);
            sample.put(GpuMetric.MEMORY_FREE, number(memory, "free_bytes"));
            sample.put(GpuMetric.MEMORY_AVAILABLE, available);
            sample.put(GpuMetric.MEMORY_PAGE_CACHE, number(memory, "page_cache_bytes"));
        } else {
            Reading<Double> used = number(gpu, "memory_used_bytes");
            Reading<Double> total = number(gpu, "memory_total_bytes");
            sample.put(
                    GpuMetric.MEMORY_FREE,
                    total.isKnown() ? used.map(u -> total.value() - u) : total);
        }
        sample.fact("simulated_box", Reading.known(box));
        return sample.throttleReasons(Reading.known(reasons(gpu)))
                .processes(Reading.known(processes(gpu)))
                .build();
    }

    private static Reading<Double> number(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isNumber()
                ? Reading.known(value.asDouble())
                : Reading.unsupported("the simulated box does not tell it");
    }

    private static Set<ThrottleReason> reasons(JsonNode gpu) {
        Set<ThrottleReason> reasons = EnumSet.noneOf(ThrottleReason.class);
        for (JsonNode code : gpu.path("throttle_reasons")) {
            Stream.of(ThrottleReason.values())
                    .filter(r -> r.code().equals(code.asString("")))
                    .forEach(reasons::add);
        }
        return reasons;
    }

    private static List<GpuProcess> processes(JsonNode gpu) {
        List<GpuProcess> processes = new ArrayList<>();
        for (JsonNode process : gpu.path("processes")) {
            processes.add(
                    GpuProcess.of(
                            FIRST_PID + processes.size(),
                            GpuProcess.Kind.COMPUTE,
                            Reading.known(Bytes.of(process.path("memory_bytes").asLong(0))),
                            "a simulated box does not tell it"));
        }
        return processes;
    }

    @Override
    public void close() {}
}
