package dev.stoker.history;

import java.util.Objects;

/**
 * Anything of a run's journal that is no request: its header, and what happened between requests.
 *
 * @param json one line in the form of the command that wrote it; the first one is the header
 */
public record StoredEvent(String json) implements JournalLine {
    public StoredEvent {
        Objects.requireNonNull(json, "json is null");
    }
}
