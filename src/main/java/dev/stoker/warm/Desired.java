package dev.stoker.warm;

import dev.stoker.server.RunnerOptions;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A model that shall be ready.
 *
 * @param model as its server names it
 * @param server where, as the file says; empty: the server of the set
 * @param options with which it is loaded when nobody else has loaded it; they are never sent to a
 *     model that is loaded with others
 * @param priority of two that can not stay together the higher one stays
 * @param ttftMillis the longest time to the first token
 * @param schedule when; empty for always
 */
public record Desired(
        String model,
        Optional<String> server,
        RunnerOptions options,
        int priority,
        OptionalDouble ttftMillis,
        Optional<WarmSchedule> schedule) {

    /** Returns a model without any wish but to be ready. */
    public static Desired of(String model) {
        return new Desired(
                model,
                Optional.empty(),
                RunnerOptions.defaults(),
                0,
                OptionalDouble.empty(),
                Optional.empty());
    }

    boolean isWanted(Instant at, ZoneId zone) {
        return schedule.isEmpty() || schedule.get().holds(at, zone);
    }
}
