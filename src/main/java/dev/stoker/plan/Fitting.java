package dev.stoker.plan;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.model.ModelDescription;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Searches for settings with which a model has room: how many layers, how much context, how many
 * slots. It asks the estimator again and again, so that there is one truth. Pure and thread-safe.
 *
 * @param estimate says what settings take
 * @param fits whether a plan has room; {@link #roomy} for one that keeps the plan's own margins
 */
public record Fitting(Estimate estimate, Predicate<MemoryPlan> fits) {
    private static final long STEP = 256;
    private static final int MOST_SLOTS = 256;

    /** Keeps the margins that the plans themselves name. */
    public Fitting(Estimate estimate) {
        this(estimate, Fitting::roomy);
    }

    /**
     * Returns whether every device has room. Memory that a GPU shares with the host is counted
     * once, with one margin. A host of which nothing is known has room.
     */
    public static boolean roomy(MemoryPlan plan) {
        Bytes shared = Bytes.ZERO;
        Bytes margin = Bytes.ZERO;
        boolean any = false;
        for (DevicePlan device : plan.devices()) {
            boolean host = device.device().kind() == DeviceKind.HOST;
            if (host && device.device().capacity().count() == 0) {
                continue;
            }
            if (!device.fits()) {
                return false;
            }
            any |= device.device().unified();
            if (host || device.device().unified()) {
                shared = shared.plus(device.total());
                margin = margin.max(device.of(ItemKind.MARGIN));
            }
        }
        Optional<DevicePlan> host = plan.host();
        if (!any || host.isEmpty() || host.get().device().capacity().count() == 0) {
            return true;
        }
        return shared.plus(margin).compareTo(host.get().device().free()) <= 0;
    }

    /** Returns the plan with all layers on GPUs, whether it has room or not. */
    public MemoryPlan full(
            ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices) {
        return estimate.plan(model, all(model, settings), devices);
    }

    /** Returns the settings with all layers on GPUs. */
    public static LlamaSettings all(ModelDescription model, LlamaSettings settings) {
        return settings.toBuilder().gpuLayers(model.shape().value().blocks() + 1).build();
    }

    /**
     * Settings and what they take.
     *
     * @param settings with layers on GPUs set
     */
    public record Found(LlamaSettings settings, MemoryPlan plan) {}

    /**
     * Returns the settings with as much on GPUs as has room: first experts, then whole layers go to
     * the host; empty where not even the host has room.
     */
    public Optional<Found> most(
            ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices) {
        LlamaSettings all = all(model, settings);
        MemoryPlan full = estimate.plan(model, all, devices);
        if (fits.test(full)) {
            return Optional.of(new Found(all, full));
        }
        if (devices.stream().noneMatch(d -> d.kind() != DeviceKind.HOST)
                || devices.stream().anyMatch(MemoryDevice::unified)) {
            return Optional.empty(); // There is no other memory to move a part to.
        }
        // What is moved must have room too; that is asked once the GPU's part is found, since
        // more on the host is no better for the host.
        List<MemoryDevice> roomyHost = devices.stream().map(Fitting::unbounded).toList();
        int blocks = model.shape().value().blocks();
        if (model.shape().value().experts().any() && settings.cpuExpertLayers() == 0) {
            Optional<Found> found =
                    moved(
                            model,
                            devices,
                            roomyHost,
                            blocks,
                            n -> all.toBuilder().cpuExpertLayers(n).build());
            if (found.isPresent()) {
                return found;
            }
        }
        return moved(
                model,
                devices,
                roomyHost,
                blocks + 1,
                n -> all.toBuilder().gpuLayers(blocks + 1 - n).build());
    }

    private static MemoryDevice unbounded(MemoryDevice device) {
        Bytes much = Bytes.of(Long.MAX_VALUE / 8);
        return device.kind() == DeviceKind.HOST
                ? new MemoryDevice(device.name(), device.kind(), much, much, device.unified())
                : device;
    }

    /** Moves as little as the GPUs need, if the host has room for it. */
    private Optional<Found> moved(
            ModelDescription model,
            List<MemoryDevice> devices,
            List<MemoryDevice> roomyHost,
            int most,
            IntFunction<LlamaSettings> moving) {
        OptionalInt count =
                least(most, n -> fits.test(estimate.plan(model, moving.apply(n), roomyHost)));
        if (count.isEmpty()) {
            return Optional.empty();
        }
        LlamaSettings found = moving.apply(count.getAsInt());
        MemoryPlan plan = estimate.plan(model, found, devices);
        return fits.test(plan) ? Optional.of(new Found(found, plan)) : Optional.empty();
    }

    /** Returns the least number from 1 on that passes, where all above it pass too. */
    private static OptionalInt least(int to, IntPredicate test) {
        if (!test.test(to)) {
            return OptionalInt.empty();
        }
        int low = 1;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (test.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return OptionalInt.of(high);
    }

    /**
     * Returns the largest context a slot, in steps of 256 tokens and up to what the model was
     * trained for, with which all layers stay on GPUs (without GPUs: the host has room); empty
     * where not even the least does.
     */
    public OptionalLong largestContext(
            ModelDescription model, LlamaSettings settings, List<MemoryDevice> devices) {
        LlamaSettings all = all(model, settings);
        int slots = Math.max(1, settings.parallel().orElse(1));
        long trained = Math.max(STEP, model.shape().value().contextLength());
        long high = Math.max(1, trained / STEP);
        MemoryPlan most = at(model, all, high * STEP * slots, devices);
        if (fits.test(most)) {
            return OptionalLong.of(high * STEP);
        }
        MemoryPlan least = at(model, all, STEP * slots, devices);
        if (high == 1 || !fits.test(least)) {
            return OptionalLong.empty();
        }
        // Memory grows almost linearly with the context: a guess, its neighbour, and only then
        // halving.
        long low = 1;
        long next = low + (long) ((high - low) * (slack(least) / (slack(least) - slack(most))));
        boolean guessed = false;
        while (high - low > 1) {
            next = Math.clamp(next, low + 1, high - 1);
            boolean fit = fits.test(at(model, all, next * STEP * slots, devices));
            if (fit) {
                low = next;
            } else {
                high = next;
            }
            next = guessed ? (low + high) >>> 1 : fit ? next + 1 : next - 1;
            guessed = true;
        }
        return OptionalLong.of(low * STEP);
    }

    /** Returns the bytes that the fullest device has left; below 0 where it has too few. */
    private static double slack(MemoryPlan plan) {
        double least = Long.MAX_VALUE;
        for (DevicePlan device : plan.devices()) {
            if (device.device().capacity().count() > 0) {
                double left = device.device().free().count() - (double) device.wanted().count();
                least = Math.min(least, left);
            }
        }
        return least;
    }

    private MemoryPlan at(
            ModelDescription model, LlamaSettings all, long context, List<MemoryDevice> devices) {
        return estimate.plan(model, all.toBuilder().context(context).build(), devices);
    }

    /**
     * Returns the largest number of slots of so many tokens each, each with a cache of its own,
     * with which all layers stay on GPUs; 0 where not even one does.
     */
    public int mostSlots(
            ModelDescription model,
            LlamaSettings settings,
            List<MemoryDevice> devices,
            long tokensEach) {
        LlamaSettings all = all(model, settings);
        int low = 0;
        int high = MOST_SLOTS + 1;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            LlamaSettings tried =
                    all.toBuilder()
                            .parallel(middle)
                            .unifiedCache(false)
                            .context(middle * tokensEach)
                            .build();
            if (fits.test(estimate.plan(model, tried, devices))) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
