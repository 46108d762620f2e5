package dev.stoker.history;

import dev.stoker.trace.RequestTrace;

/**
 * One request of a run, as the store keeps it.
 *
 * @param subject the model's name
 * @param prompt the prompt's name
 * @param iteration from 1; 0 for the warm-up
 * @param alone whether no other model was measured at the same time
 */
public record StoredRequest(
        String subject, String prompt, int iteration, boolean alone, RequestTrace trace) {}
