package dev.stoker.degrade;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.RunFiles;
import dev.stoker.json.Json;
import dev.stoker.json.JsonLines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one run: {@code degrade.json} (what was asked) and {@code events.jsonl} (what
 * happened, one line an event). A torn last line is passed over.
 *
 * @param path the folder; its name is the run's id
 */
public record DegradeFolder(Path path) {
    /** The name of the header's file, by which such a folder is known. */
    public static final String HEADER = "degrade.json";

    /**
     * What a folder holds.
     *
     * @param unreadableLines lines that are no events
     */
    public record Contents(DegradeHeader header, List<DegradeEvent> events, int unreadableLines) {
        public Contents {
            events = List.copyOf(events);
        }
    }

    /**
     * Creates the folder of a new run and writes its header.
     *
     * @throws UserError if it can't be written
     */
    public static DegradeFolder create(Path results, DegradeHeader header) {
        return new DegradeFolder(RunFiles.create(results, header.id(), HEADER, header.json()));
    }

    /**
     * Finds a run by its id, its folder's path, or {@code latest}.
     *
     * @throws UserError if there is none
     */
    public static DegradeFolder find(Path results, String name) {
        List<DegradeFolder> runs = list(results);
        if (name.equals("latest") && !runs.isEmpty()) {
            return runs.getLast();
        }
        for (Path candidate : List.of(results.resolve(name), Path.of(name))) {
            if (Files.isRegularFile(candidate.resolve(HEADER))) {
                return new DegradeFolder(candidate);
            }
        }
        throw UserError.wrongUse(
                "There is no run '" + Text.plain(name, 100) + "' of degrade in " + results + ".",
                runs.isEmpty()
                        ? "Start one with 'stoker degrade MODEL', or name the folder with --results"
                                + " DIR."
                        : "The latest is " + runs.getLast().id() + ".");
    }

    private static List<DegradeFolder> list(Path results) {
        return RunFiles.list(results, HEADER).stream().map(DegradeFolder::new).toList();
    }

    private static UserError unreadable(Path path, Exception e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The run "
                        + path
                        + " can not be read: "
                        + (e instanceof IOException io
                                ? RunFiles.reason(io)
                                : Text.plain(String.valueOf(e.getMessage()), 300))
                        + ".",
                "It may be of another version of Stoker, or damaged.",
                e);
    }

    public String id() {
        return String.valueOf(path.getFileName());
    }

    Path events() {
        return path.resolve("events.jsonl");
    }

    /** Returns what was asked. */
    public DegradeHeader header() {
        try {
            return Json.parse(Files.readString(path.resolve(HEADER)))
                    .map(DegradeHeader::read)
                    .orElseThrow(() -> new IllegalArgumentException("it is no JSON"));
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(path, e);
        }
    }

    /** Returns everything that the folder holds. */
    public Contents read() {
        DegradeHeader header = header();
        if (!Files.exists(events())) {
            return new Contents(header, List.of(), 0);
        }
        try (InputStream in = Files.newInputStream(events())) {
            JsonLines.Lines<DegradeEvent> lines = JsonLines.read(in, EventJson::read);
            return new Contents(header, lines.values(), lines.unreadable());
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }
}
