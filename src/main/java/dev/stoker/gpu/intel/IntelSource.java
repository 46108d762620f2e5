package dev.stoker.gpu.intel;

import dev.stoker.base.Clock;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.sysfs.CardSource;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HostMemory;

import java.util.List;
import java.util.function.Supplier;

/** Makes the source of Intel's cards. Stateless. */
public final class IntelSource {
    /** Intel's number on the bus. */
    public static final String VENDOR = "0x8086";

    private IntelSource() {}

    /**
     * Returns the source of the cards that one of the drivers i915 and xe has taken.
     *
     * @param memory the host's memory now, in which integrated ones work
     */
    public static GpuSource of(SysTree tree, Supplier<HostMemory> memory, Clock clock) {
        return new CardSource(
                "Intel",
                VENDOR,
                List.of("i915", "xe"),
                tree,
                (card, index) -> new IntelCard(card, index, memory),
                clock);
    }
}
