package dev.stoker.degrade;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.RunFiles;
import dev.stoker.json.JsonLines;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a run's events, each on the disk before the call returns. One process at a time may write
 * a run. Used by one thread.
 */
public final class DegradeJournal implements AutoCloseable {
    private final DegradeFolder folder;
    private final JsonLines lines;
    private final List<DegradeEvent> events;

    private DegradeJournal(DegradeFolder folder, JsonLines lines, List<DegradeEvent> earlier) {
        this.folder = folder;
        this.lines = lines;
        this.events = new ArrayList<>(earlier);
    }

    /**
     * Opens a run for writing; what was written before stays.
     *
     * @throws UserError if the file can't be written, or another process writes it
     */
    public static DegradeJournal open(DegradeFolder folder) {
        try {
            JsonLines lines = JsonLines.open(folder.events());
            return new DegradeJournal(folder, lines, lines.read(EventJson::read).values());
        } catch (JsonLines.Busy e) {
            throw busy(folder);
        } catch (IOException e) {
            throw RunFiles.unwritable(folder.path(), e);
        }
    }

    private static UserError busy(DegradeFolder folder) {
        return new UserError(
                ExitCode.REFUSED,
                "The run " + folder.id() + " is being written by another process.",
                "Wait until it ends, or start a new run.");
    }

    /**
     * Writes an event.
     *
     * @throws UserError if it could not be written; what was written before is unharmed
     */
    public void write(DegradeEvent event) {
        try {
            lines.append(EventJson.write(event), true);
        } catch (IOException e) {
            throw RunFiles.unwritable(folder.path(), e);
        }
        events.add(event);
    }

    /** Returns everything that the run's file holds. */
    public List<DegradeEvent> events() {
        return List.copyOf(events);
    }

    @Override
    public void close() {
        lines.close();
    }
}
