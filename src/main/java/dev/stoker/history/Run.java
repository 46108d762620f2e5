package dev.stoker.history;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One measurement that was made: what, when, under which conditions, with which figures.
 *
 * @param id unique; the id of the folder that a benchmark writes
 * @param kind the command that made it: {@code bench}
 * @param startedEpochMillis wall time
 * @param complete whether it ran to its end
 * @param simulated whether the server was a simulated box
 * @param setting the conditions of the whole run
 * @param subjects the models, in the run's order
 * @param tags names given by the user; a tag belongs to one run at a time
 * @param note the user's words; empty for none
 */
public record Run(
        String id,
        String kind,
        long startedEpochMillis,
        boolean complete,
        boolean simulated,
        Setting setting,
        List<Subject> subjects,
        List<String> tags,
        String note) {
    public Run {
        Objects.requireNonNull(id, "id is null");
        subjects = List.copyOf(subjects);
        tags = tags.stream().sorted().toList();
    }

    public Optional<Subject> subject(String name) {
        return subjects.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    public long requestsOk() {
        return subjects.stream().mapToLong(Subject::requestsOk).sum();
    }

    public long requestsFailed() {
        return subjects.stream().mapToLong(Subject::requestsFailed).sum();
    }

    /** Returns this run with other tags and another note. */
    public Run with(List<String> otherTags, String otherNote) {
        return new Run(
                id,
                kind,
                startedEpochMillis,
                complete,
                simulated,
                setting,
                subjects,
                otherTags,
                otherNote);
    }
}
