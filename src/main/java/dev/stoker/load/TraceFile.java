package dev.stoker.load;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a recorded load: one JSON object a line, with the arrival time ({@code at} in seconds, or
 * {@code timestamp} in milliseconds as in Mooncake's traces), the prompt ({@code prompt} as text,
 * or its length in {@code prompt_tokens} or {@code input_length}) and, if known, the length of the
 * answer ({@code max_tokens} or {@code output_length}). Times count from the first. Stateless.
 */
public final class TraceFile {
    private static final long LARGEST_FILE = 1L << 30;

    private TraceFile() {}

    /**
     * One recorded request.
     *
     * @param at after the first one
     * @param prompt its text, where the file has it
     * @param promptTokens its length, where the file has that
     */
    public record Entry(
            Duration at,
            Optional<String> prompt,
            OptionalLong promptTokens,
            OptionalLong maxTokens) {}

    /**
     * Returns the requests in the order of their times.
     *
     * @throws UserError if the file can't be read or holds something else
     */
    public static List<Entry> read(Path file) {
        List<Entry> entries = new ArrayList<>();
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw bad(file, "it is larger than 1 GiB");
            }
            int line = 0;
            for (String text : Files.readAllLines(file)) {
                line++;
                if (!text.isBlank()) {
                    int number = line;
                    entries.add(
                            Json.parse(text)
                                    .flatMap(TraceFile::entry)
                                    .orElseThrow(() ->
                                            bad(
                                                    file,
                                                    "line "
                                                            + number
                                                            + " has no arrival time or no"
                                                            + " prompt")));
                }
            }
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The trace " + file + " can not be read: " + Text.plain(e.toString()),
                    "Give a readable UTF-8 file with --trace.",
                    e);
        }
        if (entries.isEmpty()) {
            throw bad(file, "it is empty");
        }
        entries.sort(Comparator.comparing(Entry::at));
        Duration first = entries.getFirst().at();
        return entries.stream()
                .map(e ->
                        new Entry(e.at().minus(first), e.prompt(), e.promptTokens(), e.maxTokens()))
                .toList();
    }

    private static Optional<Entry> entry(JsonNode node) {
        Optional<Double> seconds =
                Json.number(node, "at")
                        .or(() -> Json.number(node, "timestamp").map(ms -> ms / 1000))
                        .filter(s -> s >= 0 && s < 1e7);
        Optional<String> prompt = Json.text(node, "prompt").filter(p -> !p.isBlank());
        OptionalLong tokens = count(node, "prompt_tokens", "input_length");
        if (seconds.isEmpty() || (prompt.isEmpty() && tokens.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                new Entry(
                        Duration.ofNanos(Math.round(seconds.get() * 1e9)),
                        prompt,
                        tokens,
                        count(node, "max_tokens", "output_length")));
    }

    private static OptionalLong count(JsonNode node, String name, String otherName) {
        return Json.integer(node, name)
                .or(() -> Json.integer(node, otherName))
                .filter(n -> n >= 1 && n <= 10_000_000)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    private static UserError bad(Path file, String why) {
        return UserError.wrongUse(
                "The trace " + file + " can not be used: " + why + ".",
                "Expected one JSON object a line, such as {\"at\": 1.25, \"prompt_tokens\": 512,"
                        + " \"max_tokens\": 128}.");
    }
}
