package dev.stoker.plan.settings;

import dev.stoker.base.Bytes;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.plan.pack.Packing;

import java.time.Duration;

/**
 * How long Ollama shall keep models that are not used. Pure.
 *
 * @param duration how long; negative: for ever
 * @param reason one or two sentences
 */
public record KeepAlive(Duration duration, String reason) {
    /** Ollama's own. */
    public static final KeepAlive USUAL =
            new KeepAlive(Duration.ofMinutes(5), "Ollama's default: the models take turns.");

    /** A memory shared with the host is under pressure beyond this share. */
    private static final double PRESSED = 0.8;

    private static final long LONGEST_SHARED_MINUTES = 60;

    /**
     * Returns what suits a set: where all stay together nothing is won by unloading one. In a
     * memory that the host shares, other programs need what is left, so that beyond four fifths the
     * time is 60 minutes by the share that is left.
     */
    public static KeepAlive of(Packing packing) {
        if (packing.placed().isEmpty()) {
            return USUAL;
        }
        if (!packing.all()) {
            return new KeepAlive(
                    Duration.ofMinutes(5),
                    "Not all stay together: a short time frees the memory for the next one. Those"
                            + " that shall stay can be asked with keep_alive -1; Ollama evicts the"
                            + " one with the shortest time first, and whatever it is, one with -1"
                            + " last.");
        }
        for (Packing.Load load : packing.devices()) {
            MemoryDevice device = load.device();
            double left = share(load.room(), device.capacity());
            if (device.unified() && 1 - left > PRESSED) {
                long minutes = Math.max(5, Math.round(LONGEST_SHARED_MINUTES * left));
                return new KeepAlive(
                        Duration.ofMinutes(minutes),
                        "The memory is the host's too and "
                                + Math.round(100 * left)
                                + " % of it are left: 60 minutes times that share.");
            }
        }
        return new KeepAlive(
                Duration.ofSeconds(-1),
                packing.placed().size() == 1
                        ? "It has the memory for itself: unloading wins nothing, and the next"
                                + " answer would wait for a load."
                        : "All "
                                + packing.placed().size()
                                + " stay together: unloading wins nothing, and the next answer"
                                + " would wait for a load.");
    }

    private static double share(Bytes part, Bytes all) {
        return all.count() > 0 ? (double) part.count() / all.count() : 0;
    }

    public boolean forEver() {
        return duration.isNegative();
    }

    /** Returns the value of {@code OLLAMA_KEEP_ALIVE}. */
    public String environment() {
        return forEver() ? "-1" : text();
    }

    /** Returns the value of a request's {@code keep_alive}, as JSON. */
    public String request() {
        return forEver() ? "-1" : "\"" + text() + "\"";
    }

    private String text() {
        return duration.toSeconds() % 60 == 0
                ? duration.toMinutes() + "m"
                : duration.toSeconds() + "s";
    }
}
