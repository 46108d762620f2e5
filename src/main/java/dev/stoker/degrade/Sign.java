package dev.stoker.degrade;

import java.util.Locale;

/** A figure that tells one cause of a slow model from another. Its name in JSON has its unit. */
public enum Sign {
    /** As the server's log or its answer has it. */
    LAYERS_ON_GPU,
    LAYERS,
    /** What the server says that the model takes in all memories. */
    SIZE_BYTES,
    /** What of it is on GPUs. */
    SIZE_VRAM_BYTES,
    CONTEXT_TOKENS,
    /** With the model in memory. */
    MEM_FREE_BYTES,
    MEM_AVAILABLE_BYTES,
    PAGE_CACHE_BYTES,
    /** Free memory in blocks of 512 pages and more, of all free memory. */
    LARGE_BLOCKS_SHARE,
    /** The largest free block, in pages. */
    LARGEST_BLOCK_PAGES,
    /** How many GPUs answer. */
    GPUS,
    /** In the middle of an answer: of the GPU that works most. */
    CLOCK_HERTZ,
    POWER_WATTS,
    TEMPERATURE_CELSIUS,
    /** Just before a request, when this model has nothing to do. */
    IDLE_UTILIZATION_PERCENT,
    LOAD_AVERAGE,
    /** Share of the last ten seconds in which a task waited for a processor. */
    CPU_PRESSURE,
    STOLEN_CPU,
    CORES,
    RUNNER_PID;

    /** Returns the name in JSON and records. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
