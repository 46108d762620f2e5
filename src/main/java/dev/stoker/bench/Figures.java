package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.bench.ModelResult.PromptResult;
import dev.stoker.stats.Spread;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The arithmetic of a benchmark's figures. An iteration is the unit of every spread: requests of
 * one iteration are pooled before, because different prompts are not repetitions of one another.
 * Pure.
 */
final class Figures {
    private Figures() {}

    /** Tokens decoded after the first one, and the nanoseconds that took; both above zero. */
    record Decoded(long tokens, long nanos) {}

    static Reading<Spread> spread(List<Double> values, String reasonIfNone) {
        return values.isEmpty()
                ? Reading.unsupported(reasonIfNone)
                : Reading.known(
                        Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** Returns the spread of those that are known; if none is, the reason of the first. */
    static Reading<Spread> spreadOfReadings(List<Reading<Double>> readings, String reasonIfNone) {
        List<Double> known = new ArrayList<>();
        String reason = reasonIfNone;
        for (Reading<Double> r : readings) {
            if (r instanceof Reading.Known<Double>(Double v)) {
                known.add(v);
            } else {
                reason = r.reason();
            }
        }
        return spread(known, reason);
    }

    static Reading<Spread> each(
            Collection<RequestTrace> traces, Function<RequestTrace, Reading<Double>> figure) {
        return spreadOfReadings(traces.stream().map(figure).toList(), "no request ended well");
    }

    /**
     * Returns the spread over the iterations of the rate of all prompts of an iteration together.
     * An iteration that lacks a prompt which another one has is left out: a rate over other prompts
     * is no repetition. Where that would leave none, prompts with an answer that has no rate, such
     * as one of a single token, are left out of all.
     */
    static Reading<Spread> pooled(
            Map<String, Map<Integer, RequestTrace>> good,
            Function<RequestTrace, Reading<Decoded>> part) {
        return pooledByIteration(good, part)
                .map(rates ->
                        Spread.of(
                                rates.values().stream()
                                        .mapToDouble(Double::doubleValue)
                                        .toArray()));
    }

    /** Returns the same rates one by one, by the number of their iteration; at least one. */
    static Reading<SortedMap<Integer, Double>> pooledByIteration(
            Map<String, Map<Integer, RequestTrace>> good,
            Function<RequestTrace, Reading<Decoded>> part) {
        Map<Integer, Map<String, Decoded>> iterations = new TreeMap<>();
        Set<String> prompts = new HashSet<>();
        Set<String> withoutRate = new HashSet<>();
        String reason = "no request ended well";
        for (Map.Entry<String, Map<Integer, RequestTrace>> prompt : good.entrySet()) {
            for (Map.Entry<Integer, RequestTrace> trace : prompt.getValue().entrySet()) {
                Reading<Decoded> decoded = part.apply(trace.getValue());
                if (decoded instanceof Reading.Known<Decoded>(Decoded d)) {
                    prompts.add(prompt.getKey());
                    iterations
                            .computeIfAbsent(trace.getKey(), i -> new HashMap<>())
                            .put(prompt.getKey(), d);
                } else {
                    withoutRate.add(prompt.getKey());
                    reason = decoded.reason();
                }
            }
        }
        if (prompts.isEmpty()) {
            return Reading.unsupported(reason);
        }
        if (iterations.values().stream().noneMatch(p -> p.keySet().equals(prompts))) {
            prompts.removeAll(withoutRate);
            iterations.values().forEach(p -> p.keySet().retainAll(prompts));
            iterations.values().removeIf(Map::isEmpty);
        }
        SortedMap<Integer, Double> rates = new TreeMap<>();
        iterations.forEach((iteration, parts) -> {
            if (parts.keySet().equals(prompts)) {
                rates.put(iteration, rate(parts.values()));
            }
        });
        return rates.isEmpty()
                ? Reading.unsupported("no iteration has a rate for every prompt")
                : Reading.known(rates);
    }

    private static double rate(Collection<Decoded> parts) {
        long tokens = parts.stream().mapToLong(Decoded::tokens).sum();
        long nanos = parts.stream().mapToLong(Decoded::nanos).sum();
        return tokens * 1e9 / nanos;
    }

    static Reading<Decoded> clientDecode(RequestTrace t) {
        if (!t.decodeTokensPerSecond().isKnown()) {
            return Reading.unsupported(t.decodeTokensPerSecond().reason());
        }
        return Reading.known(new Decoded(t.timings().outputTokens().value() - 1, t.decodeNanos()));
    }

    static Reading<Decoded> serverDecode(RequestTrace t) {
        if (!t.timings().decodeTokensPerSecond().isKnown()) {
            return Reading.unsupported(t.timings().decodeTokensPerSecond().reason());
        }
        Duration time = t.timings().decodeTime().value();
        return Reading.known(new Decoded(t.timings().outputTokens().value() - 1, time.toNanos()));
    }

    /** Returns the most prompt tokens of any of the requests. */
    static long promptTokens(Map<Integer, RequestTrace> traces) {
        return traces.values().stream()
                .mapToLong(t -> t.timings().promptTokens().orElse(0L))
                .max()
                .orElse(0);
    }

    static PromptResult prompt(String name, Collection<RequestTrace> traces) {
        RequestTrace last = traces.stream().reduce((a, b) -> b).orElseThrow();
        return new PromptResult(
                name,
                last.timings().promptTokens(),
                each(traces, t -> t.outputTokens().map(Long::doubleValue)),
                each(traces, RequestTrace::ttftMillis),
                each(traces, RequestTrace::ttfaMillis),
                each(traces, t -> Reading.known(t.e2eMillis())),
                each(traces, t -> t.timings().promptTokensPerSecond()),
                each(traces, RequestTrace::decodeTokensPerSecond),
                each(traces, t -> t.timings().decodeTokensPerSecond()),
                cachedShare(traces),
                last.outcome() instanceof RequestTrace.Outcome.Ok(String finish) ? finish : "");
    }

    private static Reading<Double> cachedShare(Collection<RequestTrace> traces) {
        long cached = 0;
        long all = 0;
        for (RequestTrace t : traces) {
            if (!(t.timings().cachedTokens() instanceof Reading.Known<Long>(Long c))) {
                return Reading.unsupported(t.timings().cachedTokens().reason());
            }
            if (!(t.timings().promptTokens() instanceof Reading.Known<Long>(Long n))) {
                return Reading.unsupported(t.timings().promptTokens().reason());
            }
            cached += c;
            all += n;
        }
        return all == 0
                ? Reading.unsupported("the server counted no prompt tokens")
                : Reading.known(cached / (double) all);
    }
}
