package dev.stoker.bench;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.history.RunFiles;
import dev.stoker.json.JsonLines;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a run's events, each on the disk before the call returns, and keeps them for the report at
 * the end. One process at a time may write a run. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    private final RunFolder folder;
    private final JsonLines lines;
    private final List<BenchEvent> events;

    private Journal(RunFolder folder, JsonLines lines, List<BenchEvent> earlier) {
        this.folder = folder;
        this.lines = lines;
        this.events = new ArrayList<>(earlier);
    }

    /**
     * Opens a run for writing; what was written before stays.
     *
     * @throws UserError if the file can't be written, or another process writes it
     */
    public static Journal open(RunFolder folder) {
        try {
            JsonLines lines = JsonLines.open(folder.events());
            // Behind the lock: nobody adds to it any more.
            return new Journal(folder, lines, lines.read(EventJson::read).values());
        } catch (JsonLines.Busy e) {
            throw busy(folder);
        } catch (IOException e) {
            throw RunFiles.unwritable(folder.path(), e);
        }
    }

    private static UserError busy(RunFolder folder) {
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
    public synchronized void write(BenchEvent event) {
        write(event, true);
    }

    /**
     * Writes an event that a crash of the machine may take: it goes to the disk with the next one
     * that may not be lost.
     *
     * @throws UserError if it could not be written; what was written before is unharmed
     */
    synchronized void note(BenchEvent event) {
        write(event, false);
    }

    private void write(BenchEvent event, boolean force) {
        try {
            lines.append(EventJson.write(event), force);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The results folder "
                            + folder.path()
                            + " can not be written: "
                            + RunFiles.reason(e)
                            + ".",
                    "What was written is kept. When it can be written again, go on with: stoker"
                            + " bench --resume "
                            + folder.id(),
                    e);
        }
        events.add(event);
    }

    /** Returns everything that the run's file holds. */
    public synchronized List<BenchEvent> events() {
        return List.copyOf(events);
    }

    public RunFolder folder() {
        return folder;
    }

    @Override
    public void close() {
        lines.close();
    }
}
