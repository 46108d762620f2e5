package dev.stoker.bench;

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
 * The files of one run: {@code run.json} (what was asked, written once), {@code setting.json}
 * (under which conditions) and {@code events.jsonl} (what happened, one line an event). Reading
 * tolerates a torn last line, and unknown lines are counted.
 *
 * @param path the folder; its name is the run's id
 */
public record RunFolder(Path path) {
    private static final String HEADER = "run.json";

    /**
     * What a folder holds.
     *
     * @param unreadableLines lines that are no events; a torn last line is one
     */
    public record Contents(RunHeader header, List<BenchEvent> events, int unreadableLines) {
        public Contents {
            events = List.copyOf(events);
        }
    }

    /** Creates the folder of a new run and writes its header. */
    public static RunFolder create(Path results, RunHeader header) {
        return new RunFolder(
                RunFiles.create(results, header.id(), HEADER, HeaderJson.write(header)));
    }

    /**
     * Finds a run by its id, its folder's path, or {@code latest}.
     *
     * @throws UserError if there is none
     */
    public static RunFolder find(Path results, String name) {
        List<RunFolder> runs = list(results);
        if (name.equals("latest")) {
            if (runs.isEmpty()) {
                throw UserError.wrongUse(
                        "There is no run in " + results + ".",
                        "Start one with 'stoker bench', or name its folder with --results DIR.");
            }
            return runs.getLast();
        }
        for (Path candidate : List.of(results.resolve(name), Path.of(name))) {
            if (Files.isRegularFile(candidate.resolve(HEADER))) {
                return new RunFolder(candidate);
            }
        }
        String known =
                runs.isEmpty()
                        ? "There are none."
                        : "The latest are: "
                                + String.join(
                                        ", ",
                                        runs.reversed().stream()
                                                .limit(5)
                                                .map(RunFolder::id)
                                                .toList());
        throw UserError.wrongUse(
                "There is no run '" + Text.plain(name) + "' in " + results + ".", known);
    }

    /** Returns the runs of a results folder, oldest first. */
    public static List<RunFolder> list(Path results) {
        return RunFiles.list(results, HEADER).stream().map(RunFolder::new).toList();
    }

    /**
     * Keeps the run's conditions beside its events.
     *
     * @throws UserError if the file can't be written
     */
    public void write(RunSetting setting) {
        try {
            RunFiles.replace(settingFile(), setting.json());
        } catch (IOException e) {
            throw RunFiles.unwritable(path, e);
        }
    }

    /** Returns the run's conditions; what the header tells of them where none were kept. */
    public RunSetting setting() {
        try {
            if (Files.exists(settingFile())) {
                return RunSetting.read(
                        Json.parse(Files.readString(settingFile()))
                                .orElseThrow(() -> new IllegalArgumentException("no JSON")));
            }
        } catch (IOException | IllegalArgumentException e) {
            // Damaged: the run itself is worth more than what is known of its conditions.
        }
        return RunSetting.of(header());
    }

    private Path settingFile() {
        return path.resolve("setting.json");
    }

    public String id() {
        return String.valueOf(path.getFileName());
    }

    /** Returns the file of events. */
    public Path events() {
        return path.resolve("events.jsonl");
    }

    /** Returns the header alone. */
    public RunHeader header() {
        try {
            return Json.parse(Files.readString(path.resolve(HEADER)))
                    .map(HeaderJson::read)
                    .orElseThrow(() -> new IllegalArgumentException("it is no JSON"));
        } catch (IOException | IllegalArgumentException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The run "
                            + path
                            + " can not be read: "
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ".",
                    "It may be of another version of Stoker, or damaged.",
                    e);
        }
    }

    /** Returns everything that the folder holds. */
    public Contents read() {
        RunHeader header = header();
        if (!Files.exists(events())) {
            return new Contents(header, List.of(), 0);
        }
        try (InputStream in = Files.newInputStream(events())) {
            JsonLines.Lines<BenchEvent> lines = JsonLines.read(in, EventJson::read);
            return new Contents(header, lines.values(), lines.unreadable());
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The run's events in "
                            + events()
                            + " can not be read: "
                            + RunFiles.reason(e)
                            + ".",
                    "",
                    e);
        }
    }
}
