package dev.stoker.degrade;

import java.util.List;
import java.util.Locale;

/**
 * Why a model may be slower after reloads, how that is told from the others, and what helps.
 * Collected from reports of users of several servers; see {@code docs/degrade.md}.
 */
public enum Cause {
    PAGE_CACHE(
            "page cache counted as used: fewer layers on the GPU",
            "fewer layers, little MemFree, plenty of MemAvailable, memory shared with the GPU",
            List.of(Remedy.DROP_CACHES)),
    PARTIAL_OFFLOAD(
            "the model's process was left with some layers only",
            "fewer layers although enough was free; the process's -ngl",
            List.of(Remedy.RESPAWN, Remedy.RESTART)),
    GPU_VANISHED(
            "the GPU was gone when the model was loaded",
            "nothing of the model on a GPU, or fewer GPUs than at first",
            List.of(Remedy.RECREATE, Remedy.RESTART)),
    FRAGMENTATION(
            "the free memory is in pieces",
            "no large free blocks any more; same layers, same clock; loads get slow first",
            List.of(Remedy.COMPACT, Remedy.REBOOT)),
    CLOCKS(
            "the GPU's clock is low",
            "clock in the middle of an answer, reasons of throttling; same layers",
            List.of(Remedy.RESTART, Remedy.REBOOT)),
    PROCESS_LOTTERY(
            "each new process has a speed of its own",
            "loads differ among themselves, one load does not; nothing else does",
            List.of(Remedy.RESPAWN)),
    NEIGHBOUR(
            "somebody else uses the processor or the GPU",
            "the GPU works before the request; load, pressure, stolen time",
            List.of()),
    LARGER_CONTEXT(
            "the model was loaded with a larger context",
            "context length of the loaded model",
            List.of(Remedy.RESPAWN));

    private final String title;
    private final String discriminator;

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of alone.
    private final List<Remedy> remedies;

    Cause(String title, String discriminator, List<Remedy> remedies) {
        this.title = title;
        this.discriminator = discriminator;
        this.remedies = remedies;
    }

    /** Returns the name in JSON: {@code page_cache}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String title() {
        return title;
    }

    /** Returns what tells it from the others. */
    public String discriminator() {
        return discriminator;
    }

    /** Returns what is known to help, the mildest first. */
    public List<Remedy> remedies() {
        return remedies;
    }
}
