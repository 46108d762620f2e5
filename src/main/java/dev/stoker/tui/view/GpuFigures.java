package dev.stoker.tui.view;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What a GPU's figures mean together. Pure. */
final class GpuFigures {
    private static final double USUAL_SLOWDOWN = 90;

    private GpuFigures() {}

    /** A GPU without memory of its own uses the host's; files that can be dropped are not used. */
    static Reading<Bytes> used(GpuSample gpu, HostMemory host) {
        Reading<Bytes> own = gpu.bytes(GpuMetric.MEMORY_USED);
        return own.isKnown() || !gpu.device().unifiedMemory() ? own : hostUsed(host);
    }

    static Reading<Bytes> hostUsed(HostMemory host) {
        return !host.total().isKnown()
                ? host.total()
                : host.available().map(free -> host.total().value().minus(free));
    }

    static Reading<Bytes> total(GpuSample gpu, HostMemory host) {
        Reading<Bytes> own = gpu.bytes(GpuMetric.MEMORY_TOTAL);
        return own.isKnown() || !gpu.device().unifiedMemory() ? own : host.total();
    }

    /** Returns one part of a whole, from 0 to 1. */
    static Reading<Double> share(Reading<Bytes> part, Reading<Bytes> whole) {
        if (!part.isKnown() || !whole.isKnown()) {
            return (part.isKnown() ? whole : part).map(_ -> 0.0);
        }
        return whole.value().count() > 0
                ? Reading.known(part.value().count() / (double) whole.value().count())
                : Reading.unsupported("the whole is said to be nothing");
    }

    static Reading<Double> memoryShare(GpuSample gpu, HostMemory host) {
        return share(used(gpu, host), total(gpu, host));
    }

    static Reading<Double> clock(GpuSample gpu) {
        Reading<Double> own = gpu.value(GpuMetric.CLOCK);
        return own.isKnown() ? own : gpu.value(GpuMetric.GRAPHICS_CLOCK);
    }

    static Reading<Double> clockMax(GpuSample gpu) {
        return gpu.value(
                gpu.value(GpuMetric.CLOCK).isKnown()
                        ? GpuMetric.CLOCK_MAX
                        : GpuMetric.GRAPHICS_CLOCK_MAX);
    }

    /** Returns the power that is known: the GPU's, else the board's. */
    static Reading<Double> power(GpuSample gpu) {
        Reading<Double> own = gpu.value(GpuMetric.POWER);
        return own.isKnown() || !gpu.value(GpuMetric.BOARD_POWER).isKnown()
                ? own
                : gpu.value(GpuMetric.BOARD_POWER);
    }

    /** Returns where the device slows itself down, or a usual mark. */
    static double slowdown(GpuSample gpu) {
        return gpu.value(GpuMetric.SLOWDOWN_TEMPERATURE).orElse(USUAL_SLOWDOWN);
    }

    /** Returns why its clock is low, the worst first; what costs nothing is left out. */
    static List<ThrottleReason> slowedBy(GpuSample gpu) {
        List<ThrottleReason> reasons = new ArrayList<>();
        for (ThrottleReason reason : gpu.throttleReasons().orElse(Set.of())) {
            if (reason.effect() != ThrottleReason.Effect.NORMAL) {
                reasons.add(reason);
            }
        }
        reasons.sort(Comparator.comparing(ThrottleReason::effect).reversed());
        return reasons;
    }

    static boolean isLost(GpuSample gpu) {
        return gpu.trouble().filter(t -> t.kind() == GpuTrouble.Kind.LOST).isPresent();
    }

    /** Returns the maker's name without the maker. */
    static String name(GpuSample gpu) {
        String name = gpu.device().name().orElse("GPU");
        for (String maker : new String[] {"NVIDIA ", "GeForce "}) {
            if (name.startsWith(maker) && name.length() > maker.length()) {
                name = name.substring(maker.length());
            }
        }
        return name;
    }
}
