package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.stats.LatencySummary;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * The printed form of a load test's summary ({@code docs/schemas/load.schema.json}). With one step
 * its figures stand at the top too; with several the top has their sums, and no latencies: those of
 * different loads are not one distribution. Pure.
 */
public final class LoadJson {
    public static final String SCHEMA = "stoker.load";
    public static final int VERSION = 1;

    private LoadJson() {}

    public static ObjectNode write(LoadSummary summary) {
        LoadHeader h = summary.header();
        ObjectNode o = Json.object().put("schema", SCHEMA).put("version", VERSION);
        ObjectNode run = o.putObject("run").put("id", h.id());
        run.put("started", Instant.ofEpochMilli(h.startedEpochMillis()).toString());
        run.put("stoker", h.stokerVersion());
        ObjectNode server = o.putObject("server").put("kind", h.serverKind());
        server.put("title", h.serverTitle()).put("version", text(h.serverVersion()));
        server.put("url", h.serverUrl()).put("simulated", h.simulatedBox().orElse(null));
        o.put("model", h.model());
        o.set("options", h.options());
        if (summary.steps().size() == 1) {
            step(o, summary.steps().getFirst());
        } else {
            sums(o, summary);
        }
        if (Json.truth(h.options(), "sweep").orElse(false)) {
            sweep(o.putObject("sweep"), Sweep.found(summary.steps()));
        } else {
            o.putNull("sweep");
        }
        ArrayNode steps = o.putArray("steps");
        for (StepSummary s : summary.steps()) {
            ObjectNode step = steps.addObject();
            load(step, s);
            step(step, s);
        }
        return o;
    }

    private static @Nullable String text(String s) {
        return s.isEmpty() ? null : s;
    }

    private static void sweep(ObjectNode o, Sweep.Found found) {
        found.knee()
                .ifPresentOrElse(
                        s -> {
                            o.put("knee_concurrency", s.started().users());
                            number(o, "knee_output_tokens_per_second", s.outputTokensPerSecond());
                        },
                        () ->
                                o.putNull("knee_concurrency")
                                        .putNull("knee_output_tokens_per_second"));
        found.best()
                .ifPresentOrElse(
                        s -> {
                            o.put("highest_rate_per_second", s.started().perSecond());
                            s.goodput().ifPresent(g -> o.put("goodput_at_highest_rate", g));
                        },
                        () -> o.putNull("highest_rate_per_second"));
    }

    private static void load(ObjectNode o, StepSummary s) {
        LoadEvent.StepStarted started = s.started();
        o.put("index", s.index()).put("arrivals", started.arrivals());
        if (started.users() > 0) {
            o.put("concurrency", started.users()).putNull("rate_per_second");
        } else {
            o.putNull("concurrency");
            if (started.perSecond() > 0) {
                o.put("rate_per_second", started.perSecond());
            } else {
                o.putNull("rate_per_second");
            }
        }
    }

    private static void step(ObjectNode o, StepSummary s) {
        ObjectNode requests = o.putObject("requests").put("sent", s.sent()).put("ok", s.ok());
        requests.put("failed", s.failed()).put("unfinished", s.unfinished());
        requests.put("lead", s.lead());
        failures(o, s.failures());
        reading(o, "prompt_tokens", s.promptTokens());
        ObjectNode each = o.putObject("prompt_tokens_per_request");
        s.fewestPromptTokens().ifPresentOrElse(n -> each.put("min", n), () -> each.putNull("min"));
        s.mostPromptTokens().ifPresentOrElse(n -> each.put("max", n), () -> each.putNull("max"));
        reading(o, "output_tokens", s.outputTokens());
        number(o, "output_tokens_per_second", s.outputTokensPerSecond());
        number(o, "requests_per_second", s.requestsPerSecond());
        optional(o, "tokens_per_chunk", s.tokensPerChunk());
        o.putObject("window").put("seconds", s.windowSeconds()).put("steady", s.steady());
        latency(o, "ttft_ms", s.ttft());
        latency(o, "ttft_sent_ms", s.ttftSent());
        latency(o, "ttfa_ms", s.ttfa());
        latency(o, "ttfa_sent_ms", s.ttfaSent());
        latency(o, "itl_ms", s.itl());
        latency(o, "tpot_ms", s.tpot());
        latency(o, "e2e_ms", s.e2e());
        latency(o, "e2e_sent_ms", s.e2eSent());
        latency(o, "dispatch_delay_ms", s.dispatchDelay());
        s.goodput().ifPresentOrElse(g -> o.put("goodput", g), () -> o.putNull("goodput"));
        ObjectNode objectives = o.putObject("objectives");
        new TreeMap<>(s.verdicts()).forEach(objectives::put);
        s.client()
                .ifPresentOrElse(
                        c -> o.set("client", Json.tree(out -> LoadEventJson.client(out, c))),
                        () -> o.putNull("client"));
        o.put("ended", s.why());
    }

    private static void sums(ObjectNode o, LoadSummary summary) {
        ObjectNode requests = o.putObject("requests").put("sent", summary.sent());
        requests.put("ok", summary.ok()).put("failed", summary.failed());
        requests.put(
                "unfinished", summary.steps().stream().mapToLong(StepSummary::unfinished).sum());
        requests.put("lead", summary.steps().stream().mapToLong(StepSummary::lead).sum());
        Map<String, Long> failures = new TreeMap<>();
        summary.steps()
                .forEach(s -> s.failures().forEach((k, n) -> failures.merge(k, n, Long::sum)));
        failures(o, failures);
        sum(o, "prompt_tokens", summary.steps().stream().map(StepSummary::promptTokens).toList());
        sum(o, "output_tokens", summary.steps().stream().map(StepSummary::outputTokens).toList());
        ObjectNode client = o.putObject("client");
        optional(
                client,
                "cpu_seconds",
                client(summary, ClientFigures::cpuSeconds).reduce(Double::sum));
        optional(client, "max_lag_ms", client(summary, ClientFigures::lagMaxMillis).max());
        client.put("bottleneck", summary.clientWasBottleneck());
    }

    private static DoubleStream client(
            LoadSummary summary, Function<ClientFigures, OptionalDouble> figure) {
        return summary.steps().stream()
                .flatMap(s -> s.client().stream())
                .map(figure)
                .flatMapToDouble(OptionalDouble::stream);
    }

    private static void sum(ObjectNode o, String name, List<Reading<Long>> counts) {
        Reading<Long> sum = Reading.known(0L);
        for (Reading<Long> count : counts) {
            Reading<Long> before = sum;
            sum = before.isKnown() ? count.map(n -> n + before.value()) : before;
        }
        reading(o, name, sum);
    }

    private static void failures(ObjectNode o, Map<String, Long> byKind) {
        ObjectNode failures = o.putObject("failures");
        new TreeMap<>(byKind).forEach(failures::put);
    }

    private static void reading(ObjectNode o, String name, Reading<Long> value) {
        if (value instanceof Reading.Known<Long>(Long n)) {
            o.put(name, n);
        } else {
            o.putNull(name);
        }
    }

    private static void number(ObjectNode o, String name, Reading<Double> value) {
        optional(o, name, value.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    }

    private static void optional(ObjectNode o, String name, OptionalDouble value) {
        if (value.isPresent()) {
            o.put(name, value.getAsDouble());
        } else {
            o.putNull(name);
        }
    }

    private static void latency(ObjectNode o, String name, LatencySummary s) {
        ObjectNode f = o.putObject(name).put("n", s.n());
        optional(f, "mean", s.mean());
        optional(f, "sd", s.sd());
        optional(f, "min", s.min());
        optional(f, "p50", s.p50());
        optional(f, "p90", s.p90());
        optional(f, "p95", s.p95());
        optional(f, "p99", s.p99());
        optional(f, "max", s.max());
    }
}
