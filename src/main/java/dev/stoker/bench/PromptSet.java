package dev.stoker.bench;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.suite.Task;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The prompts of a benchmark: the built-in three (a short answer, a long answer, a long prompt), or
 * those of a file. Pure but for reading the file.
 */
public final class PromptSet {
    private static final Set<String> KEYS = Set.of("name", "prompt", "max_tokens");
    private static final long LARGEST_FILE = 64L << 20;

    /**
     * Sentences of the long prompt; written for this purpose, so that no model knows them by heart.
     */
    private static final List<String> LEDGER =
            List.of(
                    "On day %d the harbour office counted %d barges, of which %d carried gravel and"
                            + " the rest timber.",
                    "The keeper of lock %d wrote that the gauge stood at %d centimetres and the"
                            + " gate leaked %d litres an hour.",
                    "Crew %d was paid %d marks for %d hours of dredging near the old bridge.",
                    "A letter from warehouse %d asked for %d crates and returned %d that were"
                            + " empty.");

    private PromptSet() {}

    /** Returns the built-in set. */
    public static List<Task> standard() {
        return List.of(
                Task.prompt("short", "Explain in two sentences why the sky is blue.", 64),
                Task.prompt(
                        "long",
                        "Write a detailed essay about the history of bridges: materials, builders,"
                                + " failures and what was learned from them.",
                        256),
                Task.prompt("prompt", longPrompt(), 32));
    }

    /** About 1 500 tokens of invented records, then a question about them. */
    private static String longPrompt() {
        StringBuilder b = new StringBuilder("Here is the ledger of a small harbour.\n");
        for (int i = 1; i <= 40; i++) {
            String line = LEDGER.get(i % LEDGER.size());
            b.append(line.formatted(i, 10 + (i * 37) % 83, 1 + (i * 53) % 29)).append('\n');
        }
        return b.append("Summarise this ledger in one sentence.").toString();
    }

    /**
     * Reads a set from a file: JSON with a list of {@code {"name", "prompt", "max_tokens"}}
     * objects, or any other text as one prompt.
     *
     * @throws UserError if the file can't be read or holds something else
     */
    public static List<Task> read(Path file) {
        String text;
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw UserError.wrongUse(
                        "The prompt file " + file + " is larger than 64 MiB.",
                        "Use a smaller one.");
            }
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The prompt file " + file + " can not be read: " + Text.plain(e.toString()),
                    "Give a readable UTF-8 file with --prompts.",
                    e);
        }
        if (text.isBlank()) {
            throw UserError.wrongUse("The prompt file " + file + " is empty.", "");
        }
        boolean json = text.stripLeading().startsWith("[");
        return json ? list(file, text) : List.of(Task.prompt("own", text.strip(), 256));
    }

    private static List<Task> list(Path file, String text) {
        JsonNode root =
                Json.parse(text)
                        .filter(JsonNode::isArray)
                        .orElseThrow(() -> bad(file, "it is no JSON list"));
        List<Task> prompts = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode item : root) {
            for (String key : item.propertyNames()) {
                if (!KEYS.contains(key)) {
                    throw bad(file, "it has the unknown key '" + Text.plain(key) + "'");
                }
            }
            String prompt =
                    Json.text(item, "prompt")
                            .filter(s -> !s.isBlank())
                            .orElseThrow(() -> bad(file, "an entry has no \"prompt\" text"));
            String name =
                    item.has("name")
                            ? Json.text(item, "name")
                                    .orElseThrow(() -> bad(file, "a \"name\" is no text"))
                            : "p" + (prompts.size() + 1);
            if (!names.add(name)) {
                throw bad(file, "two entries have the name '" + Text.plain(name) + "'");
            }
            long max =
                    item.has("max_tokens")
                            ? Json.integer(item, "max_tokens")
                                    .filter(n -> n >= 1 && n <= 1_000_000)
                                    .orElseThrow(
                                            () -> bad(file, "a \"max_tokens\" is no number from 1"))
                            : 256;
            prompts.add(Task.prompt(name, prompt, max));
        }
        if (prompts.isEmpty()) {
            throw bad(file, "the list is empty");
        }
        return List.copyOf(prompts);
    }

    private static UserError bad(Path file, String why) {
        return UserError.wrongUse(
                "The prompt file " + file + " can not be used: " + why + ".",
                "Expected [{\"name\": \"short\", \"prompt\": \"…\", \"max_tokens\": 64}, …] or"
                        + " plain text.");
    }
}
