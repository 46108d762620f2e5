package dev.stoker.sim.engine;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The faults that can be switched on, with their parameters and what these are when not said. */
public enum FaultKind {
    /** Models get slower with each reload, or from the start where the cycles are 0. */
    DEGRADE(Map.of("cycles", "1", "cause", "fragmentation")),
    /** The GPU is lost, as after suspend: the next load goes to the processor without an error. */
    CPU_FALLBACK(Map.of()),
    /** An answer stops in the middle and nothing more comes. */
    STALL(Map.of("after", "10")),
    /** The connection closes in the middle of an answer, without the last chunk. */
    CUT(Map.of("after", "10")),
    /** The runner dies in the middle of an answer. */
    ERROR_IN_STREAM(Map.of("after", "10")),
    /** Every request for a model is refused with 503. */
    BUSY_503(Map.of()),
    /** The list of loaded models shows wrong sizes. */
    PS_LIES(Map.of("factor", "0")),
    /** Loading takes so many times longer. */
    SLOW_LOAD(Map.of("factor", "5")),
    /** Loading never ends. */
    HANG_LOAD(Map.of()),
    /** Rates differ from answer to answer by so much, as a standard deviation. */
    UNSTEADY(Map.of("percent", "2"));

    @SuppressWarnings("ImmutableEnumChecker") // Made by Map.of alone.
    private final Map<String, String> parameters;

    FaultKind(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /** The name in options and requests, such as {@code cpu-fallback}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The parameters with their values when not said. */
    public Map<String, String> parameters() {
        return parameters;
    }

    public static Optional<FaultKind> of(String label) {
        return Stream.of(values()).filter(k -> k.label().equals(label)).findFirst();
    }

    public static String labels() {
        return String.join(", ", Stream.of(values()).map(FaultKind::label).toList());
    }
}
