package dev.stoker.gpu.amd;

import dev.stoker.base.Clock;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.sysfs.CardSource;
import dev.stoker.gpu.sysfs.SysTree;
import dev.stoker.host.HostMemory;

import java.util.List;
import java.util.function.Supplier;

/** Makes the source of AMD's cards. Stateless. */
public final class AmdSource {
    /** AMD's number on the bus. */
    public static final String VENDOR = "0x1002";

    private AmdSource() {}

    /**
     * Returns the source of the cards that the driver amdgpu has taken.
     *
     * @param memory the host's memory now, in which APUs work
     */
    public static GpuSource of(SysTree tree, Supplier<HostMemory> memory, Clock clock) {
        return new CardSource(
                "AMD",
                VENDOR,
                List.of("amdgpu"),
                tree,
                (card, index) -> new AmdCard(card, index, memory),
                clock);
    }
}
