package dev.stoker.degrade;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.degrade.Hypothesis.Fits;
import dev.stoker.degrade.Sides.Pair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the known causes against what was seen around fast and slow measurements. What could not be
 * seen makes a hypothesis unknown, never refuted. Pure.
 */
public final class Hypotheses {
    /** Less of the model on GPUs than so much of what was there at first is "fewer layers". */
    private static final double FEWER = 0.97;

    private static final double LOW_CLOCK = 0.9;

    /** Large blocks are gone when they fell to less than so much of what they were. */
    private static final double PIECES = 0.25;

    private static final double BUSY_PERCENT = 15;
    private static final double PRESSURE = 0.2;
    private static final double STOLEN = 0.05;

    private static final Pattern LAYERS =
            Pattern.compile("(?:-ngl|--n-gpu-layers|--gpu-layers)[ =]+([0-9]+)");

    private final Sides sides;
    private final boolean loadsDiffer;

    private Hypotheses(Sides sides, boolean loadsDiffer) {
        this.sides = sides;
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
        found.add(pageCache());
        found.add(partialOffload());
        found.add(gpuVanished());
        found.add(fragmentation());
        found.add(clocks());
        found.add(neighbour());
        found.add(largerContext());
        found.add(lottery(List.copyOf(found)));
        found.sort(Comparator.comparing(Hypothesis::cause));
        return List.copyOf(found);
    }

    /** The part of the model on GPUs, slow against fast; 1 where nothing has moved. */
    private Reading<Pair> onGpu() {
        Reading<Pair> layers = sides.pair(Sign.LAYERS_ON_GPU);
        return layers.isKnown() ? layers : sides.pair(Sign.SIZE_VRAM_BYTES);
    }

    private String placed() {
        Reading<Pair> layers = sides.pair(Sign.LAYERS_ON_GPU);
        if (layers.isKnown()) {
            return "layers on the GPU "
                    + count(layers.value().fast())
                    + " → "
                    + count(layers.value().slow());
        }
        Reading<Pair> bytes = sides.pair(Sign.SIZE_VRAM_BYTES);
        return bytes.isKnown()
                ? "on GPUs " + gib(bytes.value().fast()) + " → " + gib(bytes.value().slow())
                : "where the layers lie is unknown: " + bytes.reason();
    }

    private boolean isFewer(Reading<Pair> onGpu) {
        return onGpu.isKnown() && onGpu.value().ratio() < FEWER && onGpu.value().slow() > 0;
    }

    private Hypothesis pageCache() {
        Cause cause = Cause.PAGE_CACHE;
        Reading<Pair> onGpu = onGpu();
        if (!onGpu.isKnown()) {
            return Hypothesis.unknown(cause, placed());
        }
        if (!isFewer(onGpu)) {
            return Hypothesis.no(cause, placed());
        }
        if (!sides.sharedMemory().orElse(true)) {
            return Hypothesis.no(cause, placed() + ", but the GPU has memory of its own");
        }
        Reading<Pair> free = sides.pair(Sign.MEM_FREE_BYTES);
        Reading<Pair> available = sides.pair(Sign.MEM_AVAILABLE_BYTES);
        if (!free.isKnown() || !available.isKnown()) {
            return Hypothesis.unknown(
                    cause, placed() + "; memory: " + free.reason() + available.reason());
        }
        String memory =
                placed()
                        + ", MemFree "
                        + gib(free.value().fast())
                        + " → "
                        + gib(free.value().slow())
                        + ", MemAvailable "
                        + gib(available.value().fast())
                        + " → "
                        + gib(available.value().slow());
        double missing = missing();
        return free.value().slow() < missing && available.value().slow() >= missing
                ? Hypothesis.yes(cause, memory)
                : Hypothesis.no(cause, memory);
    }

    /** Bytes of the model that were on GPUs at first and are not any more. */
    private double missing() {
        Reading<Pair> bytes = sides.pair(Sign.SIZE_VRAM_BYTES);
        return bytes.isKnown() ? bytes.value().fast() - bytes.value().slow() : 0;
    }

    private Hypothesis partialOffload() {
        Cause cause = Cause.PARTIAL_OFFLOAD;
        Reading<Pair> onGpu = onGpu();
        if (!onGpu.isKnown()) {
            return Hypothesis.unknown(cause, placed());
        }
        if (!isFewer(onGpu)) {
            return Hypothesis.no(cause, placed());
        }
        Optional<Integer> before = layers(Sides.runner(sides.fast()));
        Optional<Integer> after = layers(Sides.runner(sides.slow()));
        String flags =
                ", -ngl "
                        + before.map(String::valueOf).orElse("not given")
                        + " → "
                        + after.map(String::valueOf).orElse("not given");
        if (after.isPresent()
                && (before.isEmpty() || after.get() < before.get())
                && pageCache().fits() != Fits.YES) {
            return Hypothesis.yes(cause, placed() + flags);
        }
        Reading<Pair> free = sides.pair(Sign.MEM_FREE_BYTES);
        if (!free.isKnown()) {
            return Hypothesis.unknown(cause, placed() + flags + "; MemFree: " + free.reason());
        }
        if (!sides.sharedMemory().orElse(false)) {
            return Hypothesis.unknown(cause, placed() + flags);
        }
        String evidence = placed() + flags + ", MemFree " + gib(free.value().slow());
        return free.value().slow() >= missing()
                ? Hypothesis.yes(cause, evidence)
                : Hypothesis.no(cause, evidence);
    }

    private static Optional<Integer> layers(Reading<String> runner) {
        Matcher matcher = LAYERS.matcher(runner.orElse(""));
        return matcher.find() && matcher.group(1).length() < 6
                ? Optional.of(Integer.parseInt(matcher.group(1)))
                : Optional.empty();
    }

    private Hypothesis gpuVanished() {
        Cause cause = Cause.GPU_VANISHED;
        Reading<Pair> onGpu = onGpu();
        Reading<Pair> gpus = sides.pair(Sign.GPUS);
        boolean fewer = gpus.isKnown() && gpus.value().slow() < gpus.value().fast();
        if (onGpu.isKnown() && onGpu.value().fast() == 0) {
            return Hypothesis.no(cause, "the model was not on a GPU at first either");
        }
        boolean nothing = onGpu.isKnown() && onGpu.value().slow() == 0;
        String seen =
                placed()
                        + (gpus.isKnown()
                                ? ", GPUs "
                                        + count(gpus.value().fast())
                                        + " → "
                                        + count(gpus.value().slow())
                                : "");
        if (nothing || fewer) {
            return Hypothesis.yes(cause, seen);
        }
        return onGpu.isKnown() ? Hypothesis.no(cause, seen) : Hypothesis.unknown(cause, seen);
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
        return isFewer(onGpu())
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
        Reading<Pair> onGpu = onGpu();
        boolean moved = onGpu.isKnown() && onGpu.value().ratio() < FEWER;
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

    private static String gib(double bytes) {
        return Bytes.of(Math.round(bytes)).binary();
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
