package dev.stoker.cli;

import dev.stoker.base.UserError;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code stoker gpu} was asked for. Immutable.
 *
 * @param servers the addresses that the user named; empty to look at the usual ones
 * @param apiKeyEnv the environment variable that holds the servers' key
 * @param json print JSON
 * @param csv print CSV
 * @param noColour no colours
 * @param quiet no remarks
 * @param watch seconds from one look to the next; without it one look is enough
 * @param count how many looks
 * @param dmon scroll
 * @param query the fields to print
 * @param format how to print them
 * @param ids the GPUs to show; empty for all
 * @param pcie whether to measure the traffic over PCIe
 * @param rules the file of the rules
 */
record GpuRequest(
        List<String> servers,
        Optional<String> apiKeyEnv,
        boolean json,
        boolean csv,
        boolean noColour,
        boolean quiet,
        Optional<Double> watch,
        Optional<Integer> count,
        boolean dmon,
        Optional<String> query,
        Optional<String> format,
        List<String> ids,
        boolean pcie,
        Optional<Path> rules) {
    GpuRequest {
        servers = List.copyOf(servers);
        ids = List.copyOf(ids);
    }

    /**
     * Refuses what does not go together.
     *
     * @throws UserError if something does not
     */
    void check() {
        int ways = (json ? 1 : 0) + (csv ? 1 : 0) + (dmon ? 1 : 0) + (query.isPresent() ? 1 : 0);
        if (ways > 1) {
            throw UserError.wrongUse(
                    "--json, --csv, --dmon and --query exclude each other.", "Choose one of them.");
        }
        if (format.isPresent() && query.isEmpty()) {
            throw UserError.wrongUse(
                    "--format says how --query prints, and there is no --query.",
                    "Add --query FIELDS, or leave --format out.");
        }
        double seconds = watch.orElse(1.0);
        if (!(seconds >= 0.1 && seconds <= 86_400)) {
            throw UserError.wrongUse(
                    "--watch takes seconds from 0.1 to 86400, but got " + seconds + ".", "");
        }
        if (count.isPresent() && (count.get() < 1 || !isRepeated())) {
            throw UserError.wrongUse(
                    "--count takes a number from 1 on, together with --watch or --dmon.", "");
        }
    }

    /** Returns whether more than one look was asked for. */
    boolean isRepeated() {
        return watch.isPresent() || dmon;
    }
}
