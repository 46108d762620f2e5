package dev.stoker.alert;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What is sent of a notice: that it began, or that it is over.
 *
 * @param id the same for every try to send it, so that a receiver can drop a second copy
 * @param resolved whether it is over
 * @param at when that was found
 */
public record Message(String id, boolean resolved, Notice notice, Instant at) {

    /** Returns one line for a person. */
    public String line() {
        return resolved
                ? "resolved: "
                        + notice.subject()
                        + ": "
                        + notice.code()
                        + ", after "
                        + shown(Duration.between(notice.since(), at))
                : notice.severity().code() + ": " + notice.text();
    }

    private static String shown(Duration d) {
        long seconds = Math.max(0, d.toSeconds());
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }

    /** Returns it as JSON, for receivers and for the file of what is not sent yet. */
    public ObjectNode json() {
        return Json.object()
                .put("id", id)
                .put("state", resolved ? "resolved" : "firing")
                .put("code", notice.code())
                .put("severity", notice.severity().code())
                .put("subject", notice.subject())
                .put("sentence", notice.sentence())
                .put("next", notice.next())
                .put("since", notice.since().toString())
                .put("at", at.toString())
                .put("key", notice.key());
    }

    /** Reads what {@link #json} wrote; empty where it is damaged. */
    static Optional<Message> read(JsonNode node) {
        try {
            return Optional.of(
                    new Message(
                            node.path("id").asString(""),
                            node.path("state").asString("").equals("resolved"),
                            new Notice(
                                    node.path("key").asString(""),
                                    node.path("code").asString(""),
                                    Severity.valueOf(
                                            node.path("severity")
                                                    .asString("")
                                                    .toUpperCase(Locale.ROOT)),
                                    node.path("subject").asString(""),
                                    node.path("sentence").asString(""),
                                    node.path("next").asString(""),
                                    Instant.parse(node.path("since").asString(""))),
                            Instant.parse(node.path("at").asString(""))));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
