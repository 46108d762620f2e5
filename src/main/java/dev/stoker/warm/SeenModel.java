package dev.stoker.warm;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A model that a server lists, as it was seen.
 *
 * @param name as the server lists it
 * @param otherNames further names of the same model and runner
 * @param condition what it is doing
 * @param total bytes in all memories
 * @param onGpu those on GPUs
 * @param context tokens a slot, as they were asked for
 * @param expiresAt when the server will unload it; centuries ahead for never
 * @param runner which process computes it, so that another one has another text; empty where it is
 *     not seen
 * @param flags runner options that are in effect, by the names that requests use; empty where they
 *     can't be known
 * @param running requests that it computes
 */
public record SeenModel(
        String name,
        List<String> otherNames,
        Condition condition,
        Reading<Bytes> total,
        Reading<Bytes> onGpu,
        OptionalLong context,
        Optional<Instant> expiresAt,
        String runner,
        Optional<Map<String, Object>> flags,
        OptionalLong running) {
    public SeenModel {
        otherNames = List.copyOf(otherNames);
        flags = flags.map(Map::copyOf);
    }

    /** What a model is doing. */
    public enum Condition {
        LOADED,
        LOADING,
        /** Out of memory until a request comes. */
        ASLEEP,
        FAILED,
        /** Listed, and its runner has ended. */
        RUNNER_GONE,
        /** Its runner lives and does not answer. */
        SILENT
    }

    boolean isNamed(String model) {
        return same(name, model) || otherNames.stream().anyMatch(n -> same(n, model));
    }

    /** A missing tag is {@code latest}. */
    static boolean same(String one, String other) {
        return full(one).equalsIgnoreCase(full(other));
    }

    private static String full(String name) {
        return name.indexOf(':', name.lastIndexOf('/') + 1) >= 0 ? name : name + ":latest";
    }

    /** Returns the share on GPUs, 0 to 1; negative where it is not known. */
    double gpuShare() {
        long all = total.orElse(Bytes.ZERO).count();
        return all > 0 && onGpu.isKnown() ? Math.min(1, onGpu.value().count() / (double) all) : -1;
    }

    boolean isBusy() {
        return running.orElse(0) > 0;
    }

    /** Returns whether a request would have to load it. */
    boolean needsLoad() {
        return switch (condition) {
            case LOADED, LOADING, SILENT -> false;
            case ASLEEP, FAILED, RUNNER_GONE -> true;
        };
    }
}
