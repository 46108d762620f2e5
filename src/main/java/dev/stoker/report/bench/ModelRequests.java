package dev.stoker.report.bench;

import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.trace.RequestTrace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The requests of one model, and the values of its iterations one by one. The report's figures are
 * made of the same values: of every prompt and iteration one good request counts, and one that was
 * measured alone comes before one that was not. Pure.
 */
final class ModelRequests {
    private final List<BenchEvent> events;
    private final String model;

    ModelRequests(List<BenchEvent> events, String model) {
        this.events = events;
        this.model = model;
    }

    /** One iteration's value. */
    record Value(String label, double value) {}

    /** Returns every request, those of the warm-up and the failed ones too, in their order. */
    List<RequestEnded> all() {
        return events.stream()
                .filter(RequestEnded.class::isInstance)
                .map(RequestEnded.class::cast)
                .filter(r -> r.model().equals(model))
                .toList();
    }

    /** Returns the gaps between the chunks of the requests that count, milliseconds. */
    double[] gapsMillis() {
        return counted().values().stream()
                .flatMap(m -> m.values().stream())
                .flatMapToDouble(t -> Arrays.stream(t.gapsMillis()))
                .toArray();
    }

    /** Returns how many requests count. */
    int count() {
        return counted().values().stream().mapToInt(Map::size).sum();
    }

    /** Returns the cold loads in seconds. */
    List<Value> loads() {
        List<Value> loads = new ArrayList<>();
        for (BenchEvent e : events) {
            if (e instanceof BenchEvent.Loaded l && l.model().equals(model) && !l.alreadyLoaded()) {
                loads.add(new Value("load " + (loads.size() + 1), l.clientTime().toNanos() / 1e9));
            }
        }
        return loads;
    }

    /** Returns the time to the first token of a prompt, milliseconds. */
    List<Value> ttftMillis(String prompt) {
        List<Value> values = new ArrayList<>();
        counted()
                .getOrDefault(prompt, Map.of())
                .forEach((iteration, trace) -> {
                    if (trace.ttftMillis().isKnown()) {
                        values.add(new Value("iteration " + iteration, trace.ttftMillis().value()));
                    }
                });
        return values;
    }

    /**
     * Returns the decode rate of each iteration, all its prompts together, tokens a second. An
     * iteration that lacks a prompt which another one has is left out.
     */
    List<Value> decodeTokensPerSecond() {
        Map<Integer, List<RequestTrace>> iterations = new TreeMap<>();
        int prompts = 0;
        for (Map<Integer, RequestTrace> traces : counted().values()) {
            int before = iterations.values().stream().mapToInt(List::size).sum();
            traces.forEach((iteration, trace) -> {
                if (trace.decodeTokensPerSecond().isKnown()) {
                    iterations.computeIfAbsent(iteration, i -> new ArrayList<>()).add(trace);
                }
            });
            boolean some = iterations.values().stream().mapToInt(List::size).sum() > before;
            prompts += some ? 1 : 0;
        }
        List<Value> values = new ArrayList<>();
        for (Map.Entry<Integer, List<RequestTrace>> e : iterations.entrySet()) {
            if (e.getValue().size() == prompts) {
                values.add(new Value("iteration " + e.getKey(), rate(e.getValue())));
            }
        }
        return values;
    }

    private static double rate(List<RequestTrace> traces) {
        long tokens = traces.stream().mapToLong(t -> t.outputTokens().value() - 1).sum();
        long nanos = traces.stream().mapToLong(RequestTrace::decodeNanos).sum();
        return tokens * 1e9 / nanos;
    }

    private Map<String, Map<Integer, RequestTrace>> counted() {
        Map<String, Map<Integer, RequestEnded>> good = new LinkedHashMap<>();
        for (RequestEnded r : all()) {
            if (r.iteration() > 0 && r.trace().isOk()) {
                good.computeIfAbsent(r.prompt(), p -> new TreeMap<>())
                        .merge(
                                r.iteration(),
                                r,
                                (old, now) -> now.alone() && !old.alone() ? now : old);
            }
        }
        Map<String, Map<Integer, RequestTrace>> traces = new LinkedHashMap<>();
        good.forEach((prompt, requests) -> {
            Map<Integer, RequestTrace> byIteration = new TreeMap<>();
            requests.forEach((i, r) -> byIteration.put(i, r.trace()));
            traces.put(prompt, byIteration);
        });
        return traces;
    }
}
