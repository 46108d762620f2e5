package dev.stoker.degrade;

/** What happened in a run; its journal is a list of these. Times are wall time, for labels. */
public sealed interface DegradeEvent {

    long at();

    /** A process began or went on with the run. */
    record Started(long at, boolean resumed) implements DegradeEvent {}

    /** A measurement of the cycles. */
    record Cycled(long at, Measured measured) implements DegradeEvent {}

    /** The measurements of a load don't count: it was gone when the run went on. */
    record Discarded(long at, int load, String why) implements DegradeEvent {}

    /**
     * A remedy was tried, or could not be.
     *
     * @param outcome whether it was done
     * @param detail by which means, or why not
     */
    record Tried(long at, Remedy remedy, Outcome outcome, String detail) implements DegradeEvent {}

    /** What became of a remedy. */
    enum Outcome {
        DONE,
        /** The user said no. */
        DECLINED,
        /** It can't be done from here. */
        IMPOSSIBLE,
        FAILED
    }

    /** A measurement after a remedy. */
    record Remeasured(long at, Remedy remedy, Measured measured) implements DegradeEvent {}

    /** Something went wrong, by which the process ended. */
    record Failed(long at, String code, String sentence) implements DegradeEvent {}

    /** The process ended. */
    record Ended(long at, boolean complete) implements DegradeEvent {}
}
