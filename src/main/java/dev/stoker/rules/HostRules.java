package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.HostMemory;
import dev.stoker.watch.Moment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the host's memory calls for, which is the GPU's too where memory is unified. What could be
 * had without swapping counts as free: files that are kept in memory are dropped when it is needed.
 * One thread.
 */
final class HostRules {
    private static final double SLACK = 0.02;
    private static final double SLACK_BYTES = 64 << 20;

    private final Thresholds marks;
    private final Levels memory = new Levels(SLACK);
    private final Levels swap = new Levels(SLACK_BYTES);

    HostRules(Thresholds marks) {
        this.marks = marks;
    }

    List<Finding> look(Moment now) {
        memory.turn();
        swap.turn();
        List<Finding> found = new ArrayList<>();
        memory(now).ifPresent(found::add);
        swap(now).ifPresent(found::add);
        return found;
    }

    private Optional<Finding> memory(Moment now) {
        HostMemory host = now.machine().memory();
        Reading<Double> used = Surroundings.used(host);
        if (!used.isKnown()) {
            return Optional.empty();
        }
        double share = used.value();
        boolean unified =
                now.machine().gpus().stream().anyMatch(gpu -> gpu.device().unifiedMemory());
        return memory.of(
                        "host",
                        share,
                        marks.at(Mark.HOST_MEMORY_WARNING),
                        marks.at(Mark.HOST_MEMORY_CRITICAL))
                .map(severity ->
                        Finding.ofHost(
                                Rule.HOST_MEMORY_HIGH,
                                severity,
                                host.available().value().binary()
                                        + " of "
                                        + host.total().value().binary()
                                        + " are available ("
                                        + Math.round(share * 100)
                                        + " % in use)"
                                        + (unified ? ", and the GPU works in it too" : "")
                                        + ".",
                                "Unload what is not needed before a larger model is loaded."));
    }

    /** Old pages lie in swap on most machines; it matters when tasks wait for memory meanwhile. */
    private Optional<Finding> swap(Moment now) {
        Reading<Bytes> used = now.machine().memory().swapUsed();
        if (!used.isKnown()) {
            return Optional.empty();
        }
        Reading<Double> waits = now.machine().host().memoryPressure().some();
        boolean busy = waits.isKnown() && waits.value() >= marks.at(Mark.SWAP_PRESSURE);
        return swap.of(
                        "swap",
                        (double) used.value().count(),
                        marks.at(Mark.SWAP_FROM),
                        Double.MAX_VALUE)
                .map(_ ->
                        Finding.ofHost(
                                Rule.SWAP_IN_USE,
                                busy ? Severity.WARNING : Severity.NOTE,
                                used.value().binary()
                                        + " lie in swap"
                                        + (busy
                                                ? ", and tasks wait for memory "
                                                        + Math.round(waits.value() * 100)
                                                        + " % of the time."
                                                : waits.isKnown()
                                                        ? "; nothing waits for it now."
                                                        : "."),
                                busy ? "Unload a model, or stop what else takes memory." : ""));
    }
}
