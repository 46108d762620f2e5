package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.suite.check.Verdict;
import dev.stoker.suite.spread.Circumstances;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.List;

/**
 * Something that happened in a benchmark. The journal is a list of these, one a line; reports are
 * made from them alone. {@code at} is wall time in milliseconds since 1970, for labels; durations
 * are in the run's clock.
 */
public sealed interface BenchEvent {
    long at();

    /** The run starts, or goes on after an interruption ({@code resumed}). */
    record RunStarted(long at, boolean resumed) implements BenchEvent {}

    /** A model's turn begins; {@code attempt} counts from 1. */
    record ModelStarted(long at, String model, int attempt) implements BenchEvent {}

    /** The server was restarted, or that failed. */
    record Restarted(long at, String model, String means, boolean ok, Duration time, String detail)
            implements BenchEvent {}

    /** The model is in memory. */
    record Loaded(
            long at,
            String model,
            Duration clientTime,
            Reading<Duration> serverTime,
            boolean alreadyLoaded)
            implements BenchEvent {}

    /** Memory at a phase of the model's turn. */
    record MemoryMarked(long at, String model, Phase phase, MemoryMark mark)
            implements BenchEvent {}

    /**
     * Memory at a moment of the run, whatever went on.
     *
     * @param hostAvailable memory that new programs could have on the server's host
     * @param serverResident memory of the server's process tree
     */
    record MemorySampled(long at, Reading<Bytes> hostAvailable, Reading<Bytes> serverResident)
            implements BenchEvent {}

    /**
     * A request ended, well or not.
     *
     * @param iteration from 1; 0 for the warm-up
     * @param alone whether no other model was measured at the same time
     */
    record RequestEnded(
            long at, String model, String prompt, int iteration, boolean alone, RequestTrace trace)
            implements BenchEvent {}

    /**
     * How a request came out that ended well; written before the {@link RequestEnded} that it
     * belongs to.
     *
     * @param text the answer as it came, thinking included where the server does not take it out;
     *     kept of tests only, and at most so much that the journal stays readable
     * @param verdicts of the test's checks; none of a prompt or of a turn before the last
     * @param circumstances what else went on at that time
     */
    record Answered(
            long at,
            String model,
            String prompt,
            int iteration,
            String text,
            List<Verdict> verdicts,
            Circumstances circumstances)
            implements BenchEvent {
        public Answered {
            verdicts = List.copyOf(verdicts);
        }
    }

    /** A test can not be asked of this model here. */
    record TaskSkipped(long at, String model, String task, String reason) implements BenchEvent {}

    /** A step failed; the requests' own failures stand in their traces. */
    record StepFailed(long at, String model, String step, String code, String sentence)
            implements BenchEvent {}

    /**
     * The model was taken out of memory, or should have been.
     *
     * @param gone whether the server no longer lists it
     * @param retained memory that did not come back, by the server's process tree, else by the host
     */
    record Unloaded(long at, String model, boolean gone, Duration time, Reading<Bytes> retained)
            implements BenchEvent {}

    /** The model's turn is over. */
    record ModelEnded(long at, String model, Outcome outcome, String reason)
            implements BenchEvent {}

    /** The run is over; {@code interrupted} when it was stopped from outside. */
    record RunEnded(long at, boolean interrupted, Duration time) implements BenchEvent {}

    /** A phase of a model's turn. */
    enum Phase {
        BEFORE,
        LOADED,
        PEAK,
        AFTER
    }

    /** What became of a model. */
    enum Outcome {
        PASSED,
        FAILED,
        SKIPPED
    }
}
