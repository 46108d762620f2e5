package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server did between two samples. Pure; never negative, and unknown where a server began to
 * count anew.
 *
 * @param interval between the samples, on the server's clock
 * @param all of the server as a whole
 * @param models of each model that is in both samples and has figures of its own, by name
 */
public record ServerRates(Duration interval, Rates all, Map<String, Rates> models) {
    private static final String NO_TIME = "no time lies between the two samples";
    private static final String NOT_LOADED = "the model was loaded or unloaded in this interval";

    public ServerRates {
        models = Map.copyOf(models);
    }

    /** Returns what lies between an earlier and a later sample of the same server. */
    public static ServerRates between(ServerState before, ServerState after) {
        Duration interval = Duration.ofNanos(after.nanos() - before.nanos());
        double seconds = interval.toNanos() / 1e9;
        if (seconds <= 0) {
            return new ServerRates(Duration.ZERO, Rates.unknown(NO_TIME), Map.of());
        }
        Map<String, ModelState> earlier = byName(before);
        Map<String, ModelState> later = byName(after);
        Map<String, Rates> models = new HashMap<>();
        later.forEach((name, now) -> {
            ModelState then = earlier.get(name);
            if (then != null) {
                models.put(name, rates(then, now, seconds));
            }
        });
        boolean sameModels = earlier.keySet().equals(later.keySet());
        Rates all =
                before.counters().anyKnown() || after.counters().anyKnown()
                        ? ofCounters(
                                CounterSteps.between(before.counters(), after.counters()), seconds)
                        : together(before, after, earlier, later, sameModels, seconds);
        return new ServerRates(interval, all, models);
    }

    private static Map<String, ModelState> byName(ServerState state) {
        Map<String, ModelState> models = new HashMap<>();
        state.models().orElse(List.of()).forEach(m -> models.put(m.name(), m));
        return models;
    }

    private static Rates ofCounters(Map<Counter, Reading<Double>> steps, double seconds) {
        Reading<Pace> generated =
                steps.getOrDefault(
                                Counter.GENERATED_TOKENS,
                                Reading.unsupported("the server does not count tokens"))
                        .map(n -> new Pace(n / seconds, false));
        return Rates.of(steps, generated, seconds);
    }

    private static Rates rates(ModelState before, ModelState after, double seconds) {
        Map<Counter, Reading<Double>> steps =
                CounterSteps.between(before.counters(), after.counters());
        return Rates.of(
                steps,
                step(before, after, steps).map(s -> new Pace(s.tokens() / seconds, s.atLeast())),
                seconds);
    }

    /** By the runner's counter where it is known, else by its slots. */
    private static Reading<SlotSteps.Step> step(
            ModelState before, ModelState after, Map<Counter, Reading<Double>> steps) {
        Reading<Double> counted =
                steps.getOrDefault(Counter.GENERATED_TOKENS, Reading.unsupported(""));
        boolean another =
                before.runnerPid().isKnown()
                        && after.runnerPid().isKnown()
                        && !before.runnerPid().value().equals(after.runnerPid().value());
        if (another) {
            return Reading.failed("the model's runner was started anew in this interval");
        }
        return counted.isKnown()
                ? counted.map(n -> new SlotSteps.Step(n, false))
                : SlotSteps.between(before.slots(), after.slots());
    }

    /** Returns the sum over models that count for themselves. */
    private static Rates together(
            ServerState before,
            ServerState after,
            Map<String, ModelState> earlier,
            Map<String, ModelState> later,
            boolean sameModels,
            double seconds) {
        if (!before.models().isKnown() || !after.models().isKnown()) {
            String why = (after.models().isKnown() ? before : after).models().reason();
            return Rates.unknown(why);
        }
        Map<Counter, Reading<Double>> sums = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            sums.put(counter, after.counters().get(counter));
        }
        Reading<SlotSteps.Step> tokens = Reading.known(new SlotSteps.Step(0, !sameModels));
        boolean first = true;
        for (Map.Entry<String, ModelState> entry : later.entrySet()) {
            ModelState then = earlier.get(entry.getKey());
            if (then == null) {
                continue;
            }
            Map<Counter, Reading<Double>> steps =
                    CounterSteps.between(then.counters(), entry.getValue().counters());
            boolean start = first;
            first = false;
            steps.forEach((counter, step) ->
                    sums.merge(counter, step, (sum, one) -> start ? one : plus(sum, one)));
            tokens = plusTokens(tokens, step(then, entry.getValue(), steps));
        }
        if (!sameModels) {
            sums.replaceAll((_, sum) -> sum.isKnown() ? Reading.failed(NOT_LOADED) : sum);
        }
        return Rates.of(
                sums, tokens.map(s -> new Pace(s.tokens() / seconds, s.atLeast())), seconds);
    }

    private static Reading<Double> plus(Reading<Double> sum, Reading<Double> one) {
        return !sum.isKnown() || !one.isKnown()
                ? (sum.isKnown() ? one : sum)
                : Reading.known(sum.value() + one.value());
    }

    private static Reading<SlotSteps.Step> plusTokens(
            Reading<SlotSteps.Step> sum, Reading<SlotSteps.Step> one) {
        return !sum.isKnown() || !one.isKnown()
                ? (sum.isKnown() ? one : sum)
                : Reading.known(
                        new SlotSteps.Step(
                                sum.value().tokens() + one.value().tokens(),
                                sum.value().atLeast() || one.value().atLeast()));
    }
}
