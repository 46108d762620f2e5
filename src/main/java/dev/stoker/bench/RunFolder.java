package dev.stoker.bench;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of one run: {@code run.json} (what was asked, written once), {@code setting.json}
 * (under which conditions) and {@code events.jsonl} (what happened, one line an event). Reading
 * tolerates a torn last line, and unknown lines are counted.
 *
 * @param path the folder; its name is the run's id
 */
public record RunFolder(Path path) {

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
        Path folder = results.resolve(header.id());
        try {
            Files.createDirectories(folder);
            Path draft = folder.resolve("run.json.part");
            Files.writeString(draft, Json.pretty(HeaderJson.write(header)) + "\n");
            Files.move(draft, folder.resolve("run.json"), StandardCopyOption.ATOMIC_MOVE);
            return new RunFolder(folder);
        } catch (IOException e) {
            throw unwritable(results, e);
        }
    }

    /** Returns the error for a results folder that can't be written. */
    static UserError unwritable(Path results, IOException e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The results folder " + results + " can not be written: " + reason(e) + ".",
                "Free some space, or choose another folder with --results DIR or RESULTS_DIR.",
                e);
    }

    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException a -> "permission denied";
            case NotDirectoryException n -> "it is no folder";
            case NoSuchFileException n -> "no folder can be made there";
            case FileAlreadyExistsException f -> "there is a file of that name";
            case FileSystemException f when f.getReason() != null -> Text.plain(f.getReason());
            case ClosedChannelException c -> "it was closed";
            default -> Text.plain(String.valueOf(e.getMessage()));
        };
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
            if (Files.isRegularFile(candidate.resolve("run.json"))) {
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
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(results)) {
            return folders.filter(f -> Files.isRegularFile(f.resolve("run.json")))
                    .map(RunFolder::new)
                    .sorted(Comparator.comparing(RunFolder::id))
                    .toList();
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The results folder " + results + " can not be read: " + reason(e) + ".",
                    "Name another one with --results DIR.",
                    e);
        }
    }

    /**
     * Keeps the run's conditions beside its events.
     *
     * @throws UserError if the file can't be written
     */
    public void write(RunSetting setting) {
        try {
            Path draft = path.resolve("setting.json.part");
            Files.writeString(draft, Json.pretty(setting.json()) + "\n");
            Files.move(draft, settingFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unwritable(path, e);
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
            return Json.parse(Files.readString(path.resolve("run.json")))
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
            Lines lines = events(in);
            return new Contents(header, lines.events(), lines.unreadable());
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The run's events in " + events() + " can not be read: " + reason(e) + ".",
                    "",
                    e);
        }
    }

    /** The lines of a file of events. */
    record Lines(List<BenchEvent> events, int unreadable) {}

    /** Reads events; the stream stays open. */
    static Lines events(InputStream in) throws IOException {
        List<BenchEvent> events = new ArrayList<>();
        int unreadable = 0;
        BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                in,
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPLACE)
                                        .onUnmappableCharacter(CodingErrorAction.REPLACE)));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            Optional<BenchEvent> event = Json.parse(line).flatMap(EventJson::read);
            if (event.isPresent()) {
                events.add(event.get());
            } else {
                unreadable++;
            }
        }
        return new Lines(events, unreadable);
    }
}
