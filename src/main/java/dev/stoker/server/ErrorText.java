package dev.stoker.server;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/**
 * What a server says went wrong, taken out of the forms in which servers say it: {@code
 * {"error":"text"}}, {@code {"error":{"message":…,"code":…}}}, plain text, and one of these wrapped
 * in another (Ollama passes on its runner's JSON as text).
 *
 * @param raw the words as they came, line breaks included: for recognising them
 * @param code the status that the text itself names, or 0
 */
public record ErrorText(String raw, int code) {
    private static final int DEEPEST = 4;

    /** Reads an answer's body. */
    public static ErrorText read(String body) {
        return Json.parse(body)
                .map(ErrorText::read)
                .orElseGet(() -> new ErrorText(body.strip(), 0));
    }

    /** Reads an object that holds an error, or the value of its {@code error} field. */
    public static ErrorText read(JsonNode node) {
        return read(node, 0);
    }

    private static ErrorText read(JsonNode node, int depth) {
        JsonNode error = node.has("error") ? node.path("error") : node;
        if (error.isString()) {
            int code = Json.text(node, "error_type").orElse("").equals("overloaded") ? 429 : 0;
            return unwrap(error.stringValue(), code, depth);
        }
        if (error.isObject()) {
            String message =
                    Json.text(error, "message")
                            .or(() -> Json.text(error, "detail"))
                            .orElseGet(() -> error.isEmpty() ? "" : Json.write(error));
            int code = Json.integer(error, "code").map(Long::intValue).orElse(0);
            return unwrap(message, code, depth);
        }
        return new ErrorText(error.isMissingNode() ? "" : Json.write(error), 0);
    }

    /** Looks for an error object inside the text, and puts its words in its place. */
    private static ErrorText unwrap(String text, int code, int depth) {
        int brace = text.indexOf("{\"error\"");
        if (brace < 0 || depth >= DEEPEST) {
            return new ErrorText(text, code);
        }
        Optional<JsonNode> inner = Json.parse(text.substring(brace).strip());
        if (inner.isEmpty()) {
            return new ErrorText(text, code);
        }
        ErrorText read = read(inner.get(), depth + 1);
        String before = text.substring(0, brace).strip();
        String words =
                before.isEmpty()
                        ? read.raw
                        : before + (before.endsWith(":") ? " " : ": ") + read.raw;
        return new ErrorText(words, read.code != 0 ? read.code : code);
    }
}
