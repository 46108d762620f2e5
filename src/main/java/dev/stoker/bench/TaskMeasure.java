package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Answered;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.suite.Task;
import dev.stoker.suite.spread.Circumstances;
import dev.stoker.suite.spread.Factor;
import dev.stoker.suite.spread.Observation;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The figures of a task in one iteration, all turns of its conversation together.
 *
 * @param order place of its last turn among the model's requests
 * @param turns their traces, in order, all good
 * @param circumstances of the turns that have them
 */
record TaskMeasure(
        String task,
        int iteration,
        int order,
        List<RequestTrace> turns,
        List<Circumstances> circumstances) {

    /** Returns what was measured whole, by task and iteration; of repeated ones the first. */
    static Map<String, SortedMap<Integer, TaskMeasure>> of(
            RunFolder.Contents contents, String model) {
        Map<String, List<RequestEnded>> good = new HashMap<>();
        Map<String, Circumstances> circumstances = new HashMap<>();
        Map<RequestEnded, Integer> order = new HashMap<>();
        for (BenchEvent event : contents.events()) {
            switch (event) {
                case Answered a when a.model().equals(model) ->
                        circumstances.putIfAbsent(
                                a.prompt() + "\n" + a.iteration(), a.circumstances());
                case RequestEnded r
                        when r.model().equals(model) && r.iteration() > 0 && r.trace().isOk() -> {
                    order.put(r, order.size());
                    good.computeIfAbsent(r.prompt() + "\n" + r.iteration(), k -> new ArrayList<>())
                            .add(r);
                }
                default -> {}
            }
        }
        Map<String, SortedMap<Integer, TaskMeasure>> all = new LinkedHashMap<>();
        for (Task task : contents.header().request().prompts()) {
            for (int i = 1; i <= contents.header().request().iterations(); i++) {
                List<RequestTrace> turns = new ArrayList<>();
                List<Circumstances> beside = new ArrayList<>();
                int place = 0;
                for (int t = 1; t <= task.turns().size(); t++) {
                    String key = TaskRun.name(task, t) + "\n" + i;
                    List<RequestEnded> found = good.getOrDefault(key, List.of());
                    if (!found.isEmpty()) {
                        turns.add(found.getFirst().trace());
                        place = order.getOrDefault(found.getFirst(), 0);
                        Optional.ofNullable(circumstances.get(key)).ifPresent(beside::add);
                    }
                }
                if (turns.size() == task.turns().size()) {
                    all.computeIfAbsent(task.name(), n -> new TreeMap<>())
                            .put(i, new TaskMeasure(task.name(), i, place, turns, beside));
                }
            }
        }
        return all;
    }

    double seconds() {
        return turns.stream().mapToDouble(RequestTrace::e2eMillis).sum() / 1e3;
    }

    Reading<Long> outputTokens() {
        return sum(t -> t.outputTokens());
    }

    Reading<Double> rate() {
        return outputTokens() instanceof Reading.Known<Long>(Long n)
                ? seconds() > 0 && n > 0
                        ? Reading.known(n / seconds())
                        : Reading.unsupported("nothing was generated")
                : Reading.unsupported(outputTokens().reason());
    }

    Reading<Double> decodeRate() {
        long tokens = 0;
        long nanos = 0;
        for (RequestTrace t : turns) {
            Reading<Figures.Decoded> part = Figures.clientDecode(t);
            if (!(part instanceof Reading.Known<Figures.Decoded>(Figures.Decoded d))) {
                return Reading.unsupported(part.reason());
            }
            tokens += d.tokens();
            nanos += d.nanos();
        }
        return Reading.known(tokens * 1e9 / nanos);
    }

    private Reading<Long> sum(Function<RequestTrace, Reading<Long>> part) {
        long sum = 0;
        for (RequestTrace t : turns) {
            if (!(part.apply(t) instanceof Reading.Known<Long>(Long n))) {
                return Reading.unsupported(part.apply(t).reason());
            }
            sum += n;
        }
        return Reading.known(sum);
    }

    /** Returns this for the search for causes; empty without a rate. */
    Optional<Observation> observation() {
        if (!(rate() instanceof Reading.Known<Double>(Double rate))) {
            return Optional.empty();
        }
        Map<Factor, Double> factors = new EnumMap<>(Factor.class);
        factors.put(Factor.FIRST_ITERATION, iteration == 1 ? 1.0 : 0.0);
        factors.put(
                Factor.ANSWER_LENGTH,
                Math.log(Math.max(1.0, outputTokens().value().doubleValue())));
        cachedShare().ifPresent(v -> factors.put(Factor.CACHED_SHARE, v));
        waitShare().ifPresent(v -> factors.put(Factor.WAIT, v));
        if (circumstances.size() == turns.size()) {
            mean(c -> c.othersCpuPermille(), 1000)
                    .ifPresent(v -> factors.put(Factor.OTHERS_CPU, v));
            mean(c -> c.throttled(), 1).ifPresent(v -> factors.put(Factor.THROTTLED, v));
            mean(c -> c.othersRequests(), 1).ifPresent(v -> factors.put(Factor.OTHERS_REQUESTS, v));
            mean(c -> c.pageIns(), seconds() / turns.size())
                    .ifPresent(v -> factors.put(Factor.PAGE_INS, v));
            mean(c -> c.othersGpuPermille(), 1000)
                    .ifPresent(v -> factors.put(Factor.OTHERS_GPU, v));
            mean(c -> c.clientPauseNanos(), seconds() * 1e9 / turns.size())
                    .ifPresent(v -> factors.put(Factor.CLIENT_PAUSE, v));
        }
        return Optional.of(
                new Observation(
                        task,
                        iteration,
                        order,
                        rate,
                        outputTokens().value(),
                        sum(t -> t.timings().promptTokens()).orElse(0L),
                        factors));
    }

    private Optional<Double> cachedShare() {
        long cached = sum(t -> t.timings().cachedTokens()).orElse(-1L);
        long all = sum(t -> t.timings().promptTokens()).orElse(0L);
        return cached < 0 || all == 0 ? Optional.empty() : Optional.of(cached / (double) all);
    }

    /** The part of the time from the send to the moment when the server began with the prompt. */
    private Optional<Double> waitShare() {
        double waited = 0;
        for (RequestTrace t : turns) {
            if (!t.ttftMillis().isKnown() || !t.timings().promptTime().isKnown()) {
                return Optional.empty();
            }
            double prompt = millis(t.timings().promptTime().value());
            waited += Math.max(0, t.ttftMillis().value() - prompt);
        }
        return Optional.of(waited / 1e3 / seconds());
    }

    private static double millis(Duration d) {
        return d.toNanos() / 1e6;
    }

    private Optional<Double> mean(Function<Circumstances, Reading<Long>> part, double unit) {
        double sum = 0;
        for (Circumstances c : circumstances) {
            if (!(part.apply(c) instanceof Reading.Known<Long>(Long n))) {
                return Optional.empty();
            }
            sum += n.doubleValue() / unit;
        }
        return Optional.of(sum / circumstances.size());
    }
}
