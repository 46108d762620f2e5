package dev.stoker.load;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.RunFiles;
import dev.stoker.history.RunJson;
import dev.stoker.history.Setting;
import dev.stoker.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The files of one load test: {@code load.json} (what was asked) and {@code requests.jsonl} (what
 * happened, one line an event). A torn last line is passed over.
 *
 * @param path the folder; its name is the run's id
 */
public record LoadFolder(Path path) implements LoadEvents {

    /**
     * Creates the folder of a new run and writes its header.
     *
     * @throws UserError if it can't be written
     */
    public static LoadFolder create(Path results, LoadHeader header) {
        return new LoadFolder(RunFiles.create(results, header.id(), "load.json", header.json()));
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

    /**
     * Keeps the run's conditions beside its events.
     *
     * @throws UserError if the file can't be written
     */
    public void write(Setting setting) {
        try {
            RunFiles.replace(path.resolve("setting.json"), RunJson.setting(setting));
        } catch (IOException e) {
            throw RunFiles.unwritable(path, e);
        }
    }

    /** Returns the run's conditions; what the header tells of them where none were kept. */
    public Setting setting() {
        Path file = path.resolve("setting.json");
        try {
            if (Files.exists(file)) {
                return Json.parse(Files.readString(file))
                        .map(RunJson::setting)
                        .orElseThrow(() -> new IllegalArgumentException("no JSON"));
            }
        } catch (IOException | IllegalArgumentException e) {
            // Damaged: the run itself is worth more than what is known of its conditions.
        }
        return LoadSetting.of(header());
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
    @Override
    public void read(Consumer<LoadEvent> events) {
        try (Stream<LoadEvent> all = stream()) {
            all.forEach(events);
        }
    }

    /** Returns all events, in order, read while they are taken; to be closed. */
    public Stream<LoadEvent> stream() {
        if (!Files.exists(events())) {
            return Stream.empty();
        }
        try {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    Files.newInputStream(events()),
                                    StandardCharsets.UTF_8
                                            .newDecoder()
                                            .onMalformedInput(CodingErrorAction.REPLACE)
                                            .onUnmappableCharacter(CodingErrorAction.REPLACE)),
                            1 << 16);
            return new Lines(in).stream();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The lines of the file; a failure of the disk becomes the error that says so. */
    private final class Lines implements Iterator<LoadEvent> {
        private final BufferedReader in;
        private Optional<LoadEvent> next = Optional.empty();
        private boolean over;

        Lines(BufferedReader in) {
            this.in = in;
        }

        Stream<LoadEvent> stream() {
            return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, 0), false)
                    .onClose(this::close);
        }

        private void close() {
            try {
                in.close();
            } catch (IOException e) {
                // It was read only.
            }
        }

        @Override
        public boolean hasNext() {
            try {
                while (next.isEmpty() && !over) {
                    String line = in.readLine();
                    over = line == null;
                    next =
                            Optional.ofNullable(line)
                                    .flatMap(Json::parse)
                                    .flatMap(LoadEventJson::read);
                }
            } catch (IOException e) {
                throw unreadable(e);
            }
            return next.isPresent();
        }

        @Override
        public LoadEvent next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            LoadEvent event = next.orElseThrow();
            next = Optional.empty();
            return event;
        }
    }
}
