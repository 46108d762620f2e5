package dev.stoker.history;

import dev.stoker.trace.RequestTrace;

/**
 * One request of a run, as the store keeps it.
 *
 * @param subject the name of what was measured, as in the run's {@link Subject}
 * @param prompt the prompt's name; empty where prompts have none
 * @param iteration of a benchmark: from 1, 0 for the warm-up; of a load test: its step, from 0
 * @param alone whether no other model was measured at the same time
 * @param at when, as the run's journal has it. Of a benchmark: the wall time of its end,
 *     milliseconds; of a load test: its intended start, nanoseconds after that of the step; −1 if
 *     it was not kept
 */
public record StoredRequest(
        String subject, String prompt, int iteration, boolean alone, long at, RequestTrace trace)
        implements JournalLine {}
