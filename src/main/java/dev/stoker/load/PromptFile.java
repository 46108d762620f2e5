package dev.stoker.load;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.server.Message;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads prompts that people have: one JSON object a line, or a list of such objects. Known forms:
 *
 * <ul>
 *   <li>{@code {"prompt": "…"}}
 *   <li>{@code {"messages": [{"role": "user", "content": "…"}, …]}}, as it is sent to servers
 *   <li>{@code {"conversations": [{"from": "human", "value": "…"}, …]}}, the shape of ShareGPT
 * </ul>
 *
 * each with an optional {@code max_tokens}. What the assistant says in a file is left out: the
 * model under test gives its own answers. Stateless.
 */
public final class PromptFile {
    private static final long LARGEST_FILE = 1L << 30;

    private PromptFile() {}

    /**
     * One conversation.
     *
     * @param system what stands before the first turn; empty for nothing
     * @param turns what the user says, at least one
     */
    public record Talk(String system, List<String> turns, OptionalLong maxTokens) {
        public Talk {
            turns = List.copyOf(turns);
        }

        /** Returns the first messages, up to what the user says first. */
        List<Message> opening() {
            Message user = Message.user(turns.getFirst());
            return system.isEmpty() ? List.of(user) : List.of(Message.system(system), user);
        }
    }

    /**
     * @throws UserError if the file can't be read or holds something else
     */
    public static List<Talk> read(Path file) {
        List<Talk> talks = new ArrayList<>();
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw bad(file, "it is larger than 1 GiB");
            }
            String text = Files.readString(file);
            if (text.stripLeading().startsWith("[")) {
                JsonNode list = Json.parse(text).orElseThrow(() -> bad(file, "it is no JSON list"));
                for (JsonNode node : list) {
                    talks.add(talk(file, talks.size() + 1, node));
                }
            } else {
                int line = 0;
                for (String each : text.lines().toList()) {
                    line++;
                    if (!each.isBlank()) {
                        int number = line;
                        JsonNode node =
                                Json.parse(each)
                                        .orElseThrow(
                                                () -> bad(file, "line " + number + " is no JSON"));
                        talks.add(talk(file, line, node));
                    }
                }
            }
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The prompt file " + file + " can not be read: " + Text.plain(e.toString()),
                    "Give a readable UTF-8 file with --prompts.",
                    e);
        }
        if (talks.isEmpty()) {
            throw bad(file, "it is empty");
        }
        return List.copyOf(talks);
    }

    private static Talk talk(Path file, int number, JsonNode node) {
        StringBuilder system = new StringBuilder();
        List<String> turns = new ArrayList<>();
        Json.text(node, "prompt").ifPresent(turns::add);
        for (JsonNode m : node.path("messages")) {
            say(Json.text(m, "role").orElse(""), Json.text(m, "content").orElse(""), system, turns);
        }
        for (JsonNode m : node.path("conversations")) {
            say(Json.text(m, "from").orElse(""), Json.text(m, "value").orElse(""), system, turns);
        }
        if (turns.isEmpty()) {
            throw bad(file, "entry " + number + " has no prompt, messages or conversations");
        }
        OptionalLong max = OptionalLong.empty();
        if (node.has("max_tokens")) {
            max =
                    OptionalLong.of(
                            Json.integer(node, "max_tokens")
                                    .filter(n -> n >= 1 && n <= 1_000_000)
                                    .orElseThrow(() ->
                                            bad(
                                                    file,
                                                    "the max_tokens of entry "
                                                            + number
                                                            + " is no number from 1")));
        }
        return new Talk(system.toString(), turns, max);
    }

    private static void say(String role, String text, StringBuilder system, List<String> turns) {
        switch (role) {
            case "system" -> system.append(text);
            case "user", "human" -> {
                if (!text.isBlank()) {
                    turns.add(text);
                }
            }
            default -> {}
        }
    }

    private static UserError bad(Path file, String why) {
        return UserError.wrongUse(
                "The prompt file " + file + " can not be used: " + why + ".",
                "Expected one JSON object a line: {\"prompt\": \"…\"}, {\"messages\": […]} or"
                        + " ShareGPT's {\"conversations\": […]}.");
    }
}
