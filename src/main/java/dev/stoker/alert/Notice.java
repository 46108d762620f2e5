package dev.stoker.alert;

import java.time.Instant;

/**
 * One thing that is wrong now. Texts are cleaned.
 *
 * @param key which thing: the same as long as the same thing is wrong
 * @param code the stable name of what is wrong, such as {@code model.evicted}
 * @param subject who has it, for a person: {@code GPU 1}, {@code qwen3:8b}
 * @param sentence what was seen, with figures
 * @param next what to do; may be empty
 * @param since when it was seen first
 */
public record Notice(
        String key,
        String code,
        Severity severity,
        String subject,
        String sentence,
        String next,
        Instant since) {

    /** Returns subject, sentence and what to do. */
    public String text() {
        return subject + ": " + sentence + (next.isEmpty() ? "" : " " + next);
    }
}
