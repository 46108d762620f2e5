package dev.stoker.memory.llama;

import dev.stoker.base.Bytes;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.MemoryPlan;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What llama-server's own fitting ({@code -fit on}, its default) makes of settings: it lowers the
 * context where none was asked for, then the layers on GPUs, until each device keeps so much free.
 * Pure.
 *
 * <p>Source: {@code common/fit.cpp} of llama.cpp b10434. Of a mixture of experts it can leave part
 * of a layer on the host; here that is told in whole layers.
 */
public final class LlamaFit {
    private static final int MOST_SLOTS = 256;

    /** What llama-server keeps free on each device. */
    public static final Bytes TARGET = Bytes.mib(1024);

    private static final long LEAST_CONTEXT = 4096;

    private LlamaFit() {}

    /**
     * What came out.
     *
     * @param settings those that the server will really use
     * @param changes what it changed, a sentence each; empty where all fits as asked
     * @param met whether its target for free memory is met
     */
    public record Fitted(
            LlamaSettings settings, MemoryPlan plan, List<String> changes, boolean met) {
        public Fitted {
            changes = List.copyOf(changes);
        }
    }

    /**
     * @param target what is kept free on each device
     */
    public static Fitted fit(
            LlamaMemory memory, LlamaSettings settings, List<MemoryDevice> devices, Bytes target) {
        MemoryPlan full = memory.plan(settings, devices);
        if (!settings.fit()
                || settings.split() == LlamaSettings.SplitMode.TENSOR
                || meets(full, target)) {
            return new Fitted(settings, full, List.of(), meets(full, target));
        }
        List<String> changes = new ArrayList<>();
        LlamaSettings fitted = settings;
        List<MemoryDevice> gpus =
                devices.stream().filter(d -> d.kind() != DeviceKind.HOST).toList();
        if (settings.context().orElse(0) == 0) {
            fitted = lessContext(memory, settings, devices, full, target, gpus.size());
            long context = memory.context(fitted);
            if (context < memory.context(settings)) {
                changes.add(
                        "The context is lowered from "
                                + memory.context(settings)
                                + " to "
                                + context
                                + " tokens.");
            }
            MemoryPlan plan = memory.plan(fitted, devices);
            if (meets(plan, target)) {
                return new Fitted(fitted, plan, changes, true);
            }
        }
        if (gpus.isEmpty()
                || settings.gpuLayers().isPresent()
                || settings.split() == LlamaSettings.SplitMode.ROW
                || !settings.tensorSplit().isEmpty()
                || settings.cpuExpertLayers() > 0) {
            MemoryPlan plan = memory.plan(fitted, devices);
            changes.add(
                    gpus.isEmpty()
                            ? "The host has not enough memory, and there is nothing to lower."
                            : "The server changes no layers that were set by hand: it will try as"
                                    + " it is.");
            return new Fitted(fitted, plan, changes, false);
        }
        return fewerLayers(memory, fitted, devices, gpus, target, changes);
    }

    private static LlamaSettings lessContext(
            LlamaMemory memory,
            LlamaSettings settings,
            List<MemoryDevice> devices,
            MemoryPlan full,
            Bytes target,
            int gpus) {
        long trained = memory.context(settings);
        if (trained <= LEAST_CONTEXT) {
            return settings;
        }
        LlamaSettings least = settings.toBuilder().context(LEAST_CONTEXT).build();
        double usedFull = 0;
        double usedLeast = 0;
        double free = 0;
        double weights = 0;
        MemoryPlan small = memory.plan(least, devices);
        for (int i = 0; i < full.devices().size(); i++) {
            DevicePlan device = full.devices().get(i);
            if (gpus > 0 && device.device().kind() == DeviceKind.HOST) {
                continue;
            }
            usedFull += projected(device);
            usedLeast += projected(small.devices().get(i));
            free += device.device().free().count() - (double) target.count();
            weights += device.of(ItemKind.WEIGHTS).count();
        }
        double wanted = free;
        if (gpus > 1) {
            double layer = weights / (memory.allLayers() - 1);
            wanted -= (gpus + 1) * layer / (memory.shape().experts().any() ? 6 : 2);
        }
        long context = LEAST_CONTEXT;
        if (wanted > usedLeast) {
            context +=
                    (long)
                            ((trained - LEAST_CONTEXT)
                                    * (wanted - usedLeast)
                                    / Math.max(1, usedFull - usedLeast));
            context = Math.clamp(context - context % 256, LEAST_CONTEXT, trained);
        }
        return settings.toBuilder().context(context).build();
    }

    private static Fitted fewerLayers(
            LlamaMemory memory,
            LlamaSettings settings,
            List<MemoryDevice> devices,
            List<MemoryDevice> gpus,
            Bytes target,
            List<String> changes) {
        boolean mixture = memory.shape().experts().any();
        LlamaSettings base =
                mixture
                        ? settings.toBuilder().cpuExpertLayers(Integer.MAX_VALUE).build()
                        : settings;
        int[] layers = new int[gpus.size()];
        for (int id = gpus.size() - 1; id >= 0; id--) {
            int left = memory.allLayers();
            for (int count : layers) {
                left -= count;
            }
            int low = 0;
            int high = left;
            while (low < high) {
                int middle = (low + high + 1) / 2;
                layers[id] = middle;
                MemoryPlan plan = memory.plan(with(base, layers, 0), devices);
                if (meets(plan.devices().get(id), target)) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            layers[id] = low;
        }
        LlamaSettings fitted = with(base, layers, 0);
        int on = 0;
        for (int count : layers) {
            on += count;
        }
        changes.add(on + " of " + memory.allLayers() + " layers go to the GPU.");
        if (mixture) {
            int blocks = memory.shape().blocks();
            int low = 0;
            int high = blocks;
            while (low < high) {
                int middle = (low + high) / 2;
                LlamaSettings tried = with(base, layers, middle);
                if (meets(memory.plan(tried, devices), target)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            fitted = with(base, layers, Math.min(low, blocks));
            if (low > 0) {
                changes.add("The experts of " + low + " layers stay on the host.");
            }
        }
        MemoryPlan plan = memory.plan(fitted, devices);
        return new Fitted(fitted, plan, changes, meets(plan, target));
    }

    private static LlamaSettings with(LlamaSettings base, int[] layers, int hostExperts) {
        int sum = 0;
        List<Double> split = new ArrayList<>();
        for (int count : layers) {
            sum += count;
            split.add((double) count);
        }
        LlamaSettings.Builder builder = base.toBuilder().gpuLayers(sum);
        if (layers.length > 1 && sum > 0) {
            builder.tensorSplit(split);
        }
        if (base.cpuExpertLayers() > 0) {
            builder.cpuExpertLayers(hostExperts == 0 ? base.cpuExpertLayers() : hostExperts);
        }
        return builder.build();
    }

    private static boolean meets(MemoryPlan plan, Bytes target) {
        boolean gpus = plan.devices().stream().anyMatch(d -> d.device().kind() != DeviceKind.HOST);
        return plan.devices().stream()
                .filter(d -> !gpus || d.device().kind() != DeviceKind.HOST)
                .allMatch(d -> meets(d, target));
    }

    private static boolean meets(DevicePlan device, Bytes target) {
        return left(device, target) >= 0;
    }

    private static double left(DevicePlan device, Bytes target) {
        Bytes room =
                device.device().kind() == DeviceKind.HOST
                        ? device.device().capacity()
                        : device.device().free();
        return room.count() - (double) projected(device) - target.count();
    }

    /** What llama.cpp itself reckons: without the driver's context and projectors. */
    private static long projected(DevicePlan device) {
        long sum = 0;
        for (MemoryItem item : device.items()) {
            switch (item.kind()) {
                case WEIGHTS, KV, RECURRENT, COMPUTE -> sum += item.bytes().count();
                case OUTPUT -> sum += 0;
                default -> {}
            }
        }
        return sum;
    }

    /**
     * Returns the largest context, in steps of 256 tokens a slot, with which the server's own
     * fitting leaves every layer on GPUs, or, where it may not fit, with which they have room for
     * every layer (without GPUs: the host has room); empty where not even the least does.
     */
    public static OptionalInt largestContext(
            LlamaMemory memory, LlamaSettings settings, List<MemoryDevice> devices, Bytes target) {
        long step = 256L * (LlamaCache.unified(settings) ? 1 : LlamaCache.slots(settings));
        long most = Math.max(1, Math.max(memory.shape().contextLength(), 256) / 256);
        LlamaSettings all = settings.toBuilder().gpuLayers(memory.allLayers()).build();
        long found =
                LastWithRoom.of(
                        most,
                        n ->
                                room(
                                        memory.plan(
                                                all.toBuilder().context(n * step).build(), devices),
                                        settings.fit(),
                                        target));
        return found == 0
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.min(found * step, 1L << 30));
    }

    /** Returns the largest number of slots of so many tokens each that stay on GPUs; 0 for none. */
    public static int mostSlots(
            LlamaMemory memory,
            LlamaSettings settings,
            List<MemoryDevice> devices,
            long tokensEach,
            Bytes target) {
        LlamaSettings all =
                settings.toBuilder().unifiedCache(false).gpuLayers(memory.allLayers()).build();
        return (int)
                LastWithRoom.of(
                        MOST_SLOTS,
                        n ->
                                room(
                                        memory.plan(
                                                all.toBuilder()
                                                        .parallel((int) n)
                                                        .context(n * tokensEach)
                                                        .build(),
                                                devices),
                                        settings.fit(),
                                        target));
    }

    /**
     * Returns the bytes that are left where least is, below 0 where every layer does not stay on
     * GPUs: where the server fits, by what it keeps free; else by the plan's own margins.
     */
    private static double room(MemoryPlan plan, boolean fits, Bytes target) {
        boolean gpus = plan.devices().stream().anyMatch(d -> d.device().kind() != DeviceKind.HOST);
        double least = Double.MAX_VALUE;
        for (DevicePlan device : plan.devices()) {
            boolean host = device.device().kind() == DeviceKind.HOST;
            if (host || !fits) {
                double left = device.device().free().count() - (double) device.wanted().count();
                least = Math.min(least, left);
            }
            if (fits && (!host || !gpus)) {
                least = Math.min(least, left(device, target));
            }
        }
        return least;
    }
}
