package dev.stoker.rules;

import dev.stoker.alert.Severity;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One rule that one thing breaks, now. Immutable; texts are cleaned.
 *
 * @param rule which
 * @param severity how much it matters
 * @param labels what breaks it, for programs: {@code gpu}, {@code uuid}, {@code server}, {@code
 *     model}; rule and labels together are the alert's identity
 * @param subject what breaks it, for a person: {@code GPU 1}
 * @param sentence what was seen, with its figures and the mark
 * @param next what to do, or the next command to run; may be empty
 * @param since when it was seen first
 */
public record Alert(
        Rule rule,
        Severity severity,
        Map<String, String> labels,
        String subject,
        String sentence,
        String next,
        Instant since) {
    public Alert {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Returns subject, sentence and what to do. */
    public String text() {
        return subject + ": " + sentence + (next.isEmpty() ? "" : " " + next);
    }
}
