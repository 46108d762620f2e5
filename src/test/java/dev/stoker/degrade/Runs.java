package dev.stoker.degrade;

import dev.stoker.base.Reading;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measurements of made-up runs. */
final class Runs {
    private Runs() {}

    interface Rate {
        double of(Design.Step step, int index);
    }

    static List<Measured> of(int cycles, Rate rate) {
        return of(cycles, rate, Map.of(), Map.of());
    }

    /** The looks at the first load and at the later ones differ in these signs. */
    static List<Measured> of(
            int cycles, Rate rate, Map<Sign, Double> first, Map<Sign, Double> later) {
        List<Measured> all = new ArrayList<>();
        for (Design.Step step : Design.steps(cycles)) {
            int index = all.size();
            all.add(
                    new Measured(
                            1_000L * index,
                            10.0 * index,
                            step.load(),
                            step.position(),
                            rate.of(step, index),
                            Reading.known(100.0),
                            step.position() == 1
                                    ? Reading.known(3.0)
                                    : Reading.unsupported("no load"),
                            look(step.load() == 0 ? first : later, "serve", List.of())));
        }
        return all;
    }

    static Look look(Map<Sign, Double> signs, String runner, List<String> slowedBy) {
        Map<Sign, Reading<Double>> readings = new EnumMap<>(Sign.class);
        signs.forEach((sign, value) -> readings.put(sign, Reading.known(value)));
        return new Look(
                readings,
                Reading.known(slowedBy),
                Reading.known(runner),
                Reading.known(true),
                Reading.unsupported("not here"));
    }
}
