package dev.stoker.degrade;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.degrade.Hypothesis.Fits;
import dev.stoker.degrade.Sides.Pair;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The causes that move layers away from the GPU, held against where the layers of fast and slow
 * loads were and what was free. Pure.
 */
final class Placing {
    /** Less of the model on GPUs than so much of what was there at first is "fewer layers". */
    static final double FEWER = 0.97;

    private static final Pattern LAYERS =
            Pattern.compile("(?:-ngl|--n-gpu-layers|--gpu-layers)[ =]+([0-9]+)");

    private final Sides sides;

    Placing(Sides sides) {
        this.sides = sides;
    }

    /** The part of the model on GPUs, slow against fast; 1 where nothing has moved. */
    Reading<Pair> onGpu() {
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

    boolean isFewer(Reading<Pair> onGpu) {
        return onGpu.isKnown() && onGpu.value().ratio() < FEWER && onGpu.value().slow() > 0;
    }

    Hypothesis pageCache() {
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

    Hypothesis partialOffload() {
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

    Hypothesis gpuVanished() {
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

    private static String gib(double bytes) {
        return Bytes.of(Math.round(bytes)).binary();
    }

    private static String count(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
