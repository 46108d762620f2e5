package dev.stoker.history;

import java.util.List;

/**
 * A run in a list: what is kept about it in one row, so that a list does not read its requests.
 *
 * @param server the server's kind and version; empty if unknown
 * @param subjects the models' names
 */
public record RunSummary(
        String id,
        String kind,
        long startedEpochMillis,
        boolean complete,
        boolean simulated,
        String server,
        long requestsOk,
        long requestsFailed,
        List<String> subjects,
        List<String> tags,
        String note) {
    public RunSummary {
        subjects = List.copyOf(subjects);
        tags = List.copyOf(tags);
    }
}
