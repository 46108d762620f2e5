package dev.stoker.degrade;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

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
        try {
            Path folder = Files.createDirectories(results.resolve(header.id()));
            Path draft = folder.resolve(HEADER + ".part");
            Files.writeString(draft, Json.pretty(header.json()) + "\n");
            Files.move(draft, folder.resolve(HEADER), StandardCopyOption.ATOMIC_MOVE);
            return new DegradeFolder(folder);
        } catch (IOException e) {
            throw unwritable(results, e);
        }
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
        if (!Files.isDirectory(results)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(results)) {
            return folders.filter(f -> Files.isRegularFile(f.resolve(HEADER)))
                    .map(DegradeFolder::new)
                    .sorted(Comparator.comparing(DegradeFolder::id))
                    .toList();
        } catch (IOException e) {
            throw unreadable(results, e);
        }
    }

    static UserError unwritable(Path path, IOException e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The results folder " + path + " can not be written: " + reason(e) + ".",
                "Free some space, or choose another folder with --results DIR or RESULTS_DIR.",
                e);
    }

    private static UserError unreadable(Path path, Exception e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The run " + path + " can not be read: " + reason(e) + ".",
                "It may be of another version of Stoker, or damaged.",
                e);
    }

    private static String reason(Exception e) {
        return Text.plain(String.valueOf(e.getMessage()), 300);
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
            return contents(header, in);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Reads events; the stream stays open. */
    static Contents contents(DegradeHeader header, InputStream in) throws IOException {
        List<DegradeEvent> events = new ArrayList<>();
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
            if (!line.isBlank()) {
                int before = events.size();
                Json.parse(line).flatMap(EventJson::read).ifPresent(events::add);
                unreadable += events.size() == before ? 1 : 0;
            }
        }
        return new Contents(header, events, unreadable);
    }
}
