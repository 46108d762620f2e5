package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.degrade.Hypothesis.Fits;
import dev.stoker.degrade.Sides.Pair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Holds the known causes against what was seen around fast and slow measurements. What could not be
 * seen makes a hypothesis unknown, never refuted. Pure.
 */
public final class Hypotheses {
    private static final double LOW_CLOCK = 0.9;

    /** Large blocks are gone when they fell to less than so much of what they were. */
    private static final double PIECES = 0.25;

    private static final double BUSY_PERCENT = 15;
    private static final double PRESSURE = 0.2;
    private static final double STOLEN = 0.05;

    private final Sides sides;
    private final Placing placing;
    private final boolean loadsDiffer;

    private Hypotheses(Sides sides, boolean loadsDiffer) {
        this.sides = sides;
        this.placing = new Placing(sides);
        this.loadsDiffer = loadsDiffer;
    }

    /** Returns all causes; when nothing got slower none of them fits. */
    public static List<Hypothesis> of(List<Measured> measured, Judgement judgement) {
        double drop = judgement.verdict().drop().map(Verdict.Drop::percent).orElse(0.0);
        Sides sides = Sides.of(measured, drop);
        if (judgement.verdict() instanceof Verdict.Healthy || drop <= 0 || sides.slow().isEmpty()) {
            List<Hypothesis> none = new ArrayList<>();
            for (Cause cause : Cause.values()) {
                none.add(
                        judgement.verdict() instanceof Verdict.Healthy
                                ? Hypothesis.no(cause, "nothing got slower")
                                : Hypothesis.unknown(cause, "no measurement was clearly slow"));
            }
            return none;
        }
        return new Hypotheses(sides, judgement.loadsDiffer()).all();
    }

    private List<Hypothesis> all() {
        List<Hypothesis> found = new ArrayList<>();
        found.add(placing.pageCache());
        found.add(placing.partialOffload());
        found.add(placing.gpuVanished());
        found.add(fragmentation());
        found.add(clocks());
        found.add(neighbour());
        found.add(largerContext());
        found.add(lottery(List.copyOf(found)));
        found.sort(Comparator.comparing(Hypothesis::cause));
        return List.copyOf(found);
    }

    private Hypothesis fragmentation() {
        Cause cause = Cause.FRAGMENTATION;
        Reading<Pair> blocks = sides.pair(Sign.LARGE_BLOCKS_SHARE);
        if (!blocks.isKnown()) {
            return Hypothesis.unknown(cause, "free blocks: " + blocks.reason());
        }
        String seen =
                "free memory in large blocks "
                        + percent(100 * blocks.value().fast())
                        + " → "
                        + percent(100 * blocks.value().slow());
        if (blocks.value().ratio() >= PIECES) {
            return Hypothesis.no(cause, seen);
        }
        return placing.isFewer(placing.onGpu())
                ? Hypothesis.no(cause, seen + ", but the layers have moved, which explains more")
                : Hypothesis.yes(cause, seen);
    }

    private Hypothesis clocks() {
        Cause cause = Cause.CLOCKS;
        Reading<Pair> clock = sides.pair(Sign.CLOCK_HERTZ);
        List<String> reasons = sides.newReasons().orElse(List.of());
        if (!clock.isKnown() && reasons.isEmpty()) {
            return Hypothesis.unknown(cause, "clock: " + clock.reason());
        }
        String seen =
                (clock.isKnown()
                                ? "clock "
                                        + count(clock.value().fast() / 1e6)
                                        + " → "
                                        + count(clock.value().slow() / 1e6)
                                        + " MHz"
                                : "clock unknown")
                        + (reasons.isEmpty() ? "" : ", slowed by " + String.join(", ", reasons));
        boolean low = clock.isKnown() && clock.value().ratio() < LOW_CLOCK;
        Reading<Pair> onGpu = placing.onGpu();
        boolean moved = onGpu.isKnown() && onGpu.value().ratio() < Placing.FEWER;
        if (moved && reasons.isEmpty()) {
            return Hypothesis.no(cause, seen + ", and the layers have moved: a GPU with less work");
        }
        return low || !reasons.isEmpty() ? Hypothesis.yes(cause, seen) : Hypothesis.no(cause, seen);
    }

    private Hypothesis neighbour() {
        Cause cause = Cause.NEIGHBOUR;
        List<String> seen = new ArrayList<>();
        List<String> against = new ArrayList<>();
        more(
                Sign.IDLE_UTILIZATION_PERCENT,
                BUSY_PERCENT,
                1,
                "GPU before the request %",
                seen,
                against);
        more(Sign.CPU_PRESSURE, PRESSURE, 100, "waiting for a processor %", seen, against);
        more(Sign.STOLEN_CPU, STOLEN, 100, "stolen %", seen, against);
        Reading<Pair> load = sides.pair(Sign.LOAD_AVERAGE);
        Reading<Pair> cores = sides.pair(Sign.CORES);
        if (load.isKnown() && cores.isKnown()) {
            Pair l = load.value();
            String text = "load average " + figure(l.fast()) + " → " + figure(l.slow());
            boolean full = l.slow() - l.fast() > Math.max(1, cores.value().slow() / 2);
            (full ? seen : against).add(text);
        }
        if (!seen.isEmpty()) {
            return Hypothesis.yes(cause, String.join(", ", seen));
        }
        return against.isEmpty()
                ? Hypothesis.unknown(cause, "neither load nor pressure nor an idle GPU was seen")
                : Hypothesis.no(cause, String.join(", ", against));
    }

    private void more(
            Sign sign,
            double least,
            double scale,
            String words,
            List<String> seen,
            List<String> against) {
        Reading<Pair> pair = sides.pair(sign);
        if (pair.isKnown()) {
            Pair p = pair.value();
            String text = words + " " + figure(scale * p.fast()) + " → " + figure(scale * p.slow());
            (p.slow() - p.fast() >= least ? seen : against).add(text);
        }
    }

    private Hypothesis largerContext() {
        Cause cause = Cause.LARGER_CONTEXT;
        Reading<Pair> context = sides.pair(Sign.CONTEXT_TOKENS);
        if (!context.isKnown()) {
            return Hypothesis.unknown(cause, "context: " + context.reason());
        }
        String seen =
                "context "
                        + count(context.value().fast())
                        + " → "
                        + count(context.value().slow())
                        + " tokens";
        return context.value().ratio() > 1
                ? Hypothesis.yes(cause, seen)
                : Hypothesis.no(cause, seen);
    }

    /** What is left when loads differ and nothing that was seen does. */
    private Hypothesis lottery(List<Hypothesis> others) {
        Cause cause = Cause.PROCESS_LOTTERY;
        List<String> fitting =
                others.stream()
                        .filter(h -> h.fits() == Fits.YES)
                        .map(h -> h.cause().code())
                        .toList();
        if (!fitting.isEmpty()) {
            return Hypothesis.no(cause, "explained by " + String.join(", ", fitting));
        }
        if (!loadsDiffer) {
            return Hypothesis.unknown(
                    cause,
                    "the loads after the first are equally slow; --remedies ends the process and"
                            + " looks");
        }
        List<String> unseen =
                others.stream()
                        .filter(h -> h.fits() == Fits.UNKNOWN)
                        .map(h -> h.cause().code())
                        .toList();
        String seen = "the loads differ among themselves and the measurements of one load do not";
        return unseen.isEmpty()
                ? Hypothesis.yes(cause, seen)
                : Hypothesis.yes(
                        cause,
                        seen + " (not seen, so not ruled out: " + String.join(", ", unseen) + ")");
    }

    private static String percent(double value) {
        return figure(value) + " %";
    }

    private static String count(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.1f" : "%.0f", value);
    }
}
