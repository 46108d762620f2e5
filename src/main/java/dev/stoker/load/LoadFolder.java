package dev.stoker.load;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The files of one load test: {@code load.json} (what was asked) and {@code requests.jsonl} (what
 * happened, one line an event). A torn last line is passed over.
 *
 * @param path the folder; its name is the run's id
 */
public record LoadFolder(Path path) {

    /**
     * Creates the folder of a new run and writes its header.
     *
     * @throws UserError if it can't be written
     */
    public static LoadFolder create(Path results, LoadHeader header) {
        Path folder = results.resolve(header.id());
        try {
            Files.createDirectories(folder);
            Path draft = folder.resolve("load.json.part");
            Files.writeString(draft, Json.pretty(header.json()) + "\n");
            Files.move(draft, folder.resolve("load.json"), StandardCopyOption.ATOMIC_MOVE);
            return new LoadFolder(folder);
        } catch (IOException e) {
            throw unwritable(results, e);
        }
    }

    static UserError unwritable(Path results, IOException e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The results folder "
                        + results
                        + " can not be written: "
                        + Text.plain(String.valueOf(e.getMessage()))
                        + ".",
                "Free some space, or choose another folder with --results DIR or RESULTS_DIR.",
                e);
    }

    private UserError unreadable(Exception e) {
        return new UserError(
                ExitCode.WRONG_USE,
                "The load test "
                        + path
                        + " can not be read: "
                        + Text.plain(String.valueOf(e.getMessage()))
                        + ".",
                "It may be of another version of Stoker, or damaged.",
                e);
    }

    /** Returns the file of events. */
    public Path events() {
        return path.resolve("requests.jsonl");
    }

    /** Returns what was asked. */
    public LoadHeader header() {
        try {
            return Json.parse(Files.readString(path.resolve("load.json")))
                    .map(LoadHeader::read)
                    .orElseThrow(() -> new IllegalArgumentException("it is no JSON"));
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(e);
        }
    }

    /** Gives all events, in order, one at a time. */
    public void read(Consumer<LoadEvent> events) {
        if (!Files.exists(events())) {
            return;
        }
        try (BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(events()),
                                StandardCharsets.UTF_8
                                        .newDecoder()
                                        .onMalformedInput(CodingErrorAction.REPLACE)
                                        .onUnmappableCharacter(CodingErrorAction.REPLACE)))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Optional<JsonNode> node = Json.parse(line);
                node.flatMap(LoadEventJson::read).ifPresent(events);
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }
}
