package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.host.Launch;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a llama-server puts its model to sleep when it has nothing to do. If it does, {@code
 * /slots} and (in some builds) {@code /metrics} wake the model, and each of these questions sets
 * its timer back, so that a server that is watched once a second never sleeps. It is decided by
 * {@code --sleep-idle-seconds} alone; the answer to {@code /props} does not tell it. Builds so far
 * read no variable for it; one that did would name it as all others are named. Seen on b10434.
 * Pure.
 */
sealed interface IdleSleep {
    /** It never sleeps. */
    record Off() implements IdleSleep {}

    /** It sleeps after so many seconds, as the option says. */
    record On(String seconds) implements IdleSleep {}

    /** It can't be known. */
    record Unknown(String reason) implements IdleSleep {}

    String OPTION = "--sleep-idle-seconds";
    String VARIABLE = "LLAMA_ARG_SLEEP_IDLE_SECONDS";

    static IdleSleep of(Reading<Launch> launch) {
        return switch (launch) {
            case Reading.Known<Launch>(Launch l) ->
                    of(l.arguments(), l.variables().orElse(Map.of()));
            case Reading.Unsupported<Launch>(String reason) -> new Unknown(reason);
            case Reading.Failed<Launch>(String reason) -> new Unknown(reason);
        };
    }

    /**
     * @param arguments the whole command line: an option on it beats a variable
     */
    static IdleSleep of(List<String> arguments, Map<String, String> variables) {
        Optional<String> seconds =
                Launch.option(arguments, OPTION)
                        .or(() -> Optional.ofNullable(variables.get(VARIABLE)));
        return seconds.isEmpty() || seconds.get().strip().equals("-1")
                ? new Off()
                : new On(seconds.get());
    }

    /** Returns why what may wake the model is not asked; empty if it may be asked. */
    default Optional<String> objection() {
        return switch (this) {
            case Off _ -> Optional.empty();
            case On(String seconds) ->
                    Optional.of(
                            "not asked: it would keep the model awake, which sleeps after "
                                    + seconds
                                    + " s without work");
            case Unknown(String reason) ->
                    Optional.of(
                            "not asked: it could wake a sleeping model, and whether this server"
                                    + " lets it sleep can't be known ("
                                    + reason
                                    + ")");
        };
    }
}
