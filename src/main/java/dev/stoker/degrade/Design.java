package dev.stoker.degrade;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * In which order a run measures. The model is loaded once and measured five times; then, for each
 * cycle, it is unloaded, loaded and measured twice: right after the reload, and once more without
 * one. The measurements without a reload are the control; there are more of them than of the
 * others, and before each of them as much time passes as a reload takes.
 *
 * <p>What a reload does to a machine <em>stays</em> (the story behind this: only a restart of the
 * machine cured it), and may get worse with each one. So a control that follows a reload is as slow
 * as the measurement after the reload, and comparing the two would find nothing. The control says
 * something else: how the speed moves between two measurements when only time passes and the chip
 * gets warm. That drift is taken out of the difference between the loads ({@link
 * dev.stoker.stats.ChangeOfLevels}), each of which may have a level of its own. Pure.
 */
public final class Design {
    public static final int MOST_CYCLES = 100;
    public static final int CYCLES = 5;

    /** A drop of so many percent and more is one; loads of a sound machine differ by less. */
    public static final double TOLERANCE = 5;

    static final int BEFORE = 5;
    static final int IN_CYCLE = 2;

    private Design() {}

    /** One measurement that is to be made; a reload comes before the first of a load above 0. */
    public record Step(int load, int position) {
        boolean needsReload() {
            return position == 1;
        }
    }

    /** Returns all steps of so many cycles. */
    public static List<Step> steps(int cycles) {
        List<Step> steps = new ArrayList<>();
        for (int load = 0; load <= cycles; load++) {
            int most = load == 0 ? BEFORE : IN_CYCLE;
            for (int position = 1; position <= most; position++) {
                steps.add(new Step(load, position));
            }
        }
        return steps;
    }

    /** Returns the first step without a measurement. */
    static Optional<Step> next(int cycles, List<Measured> done) {
        return steps(cycles).stream()
                .filter(s ->
                        done.stream()
                                .noneMatch(
                                        m -> m.load() == s.load() && m.position() == s.position()))
                .findFirst();
    }

    /** Returns the measurements of the cycles that count, in order. */
    public static List<Measured> cycles(List<DegradeEvent> events) {
        List<Measured> counted = new ArrayList<>();
        for (DegradeEvent event : events) {
            switch (event) {
                case DegradeEvent.Cycled c -> counted.add(c.measured());
                case DegradeEvent.Discarded d -> counted.removeIf(m -> m.load() == d.load());
                default -> {}
            }
        }
        return List.copyOf(counted);
    }
}
