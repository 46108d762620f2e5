package dev.stoker.suite.check;

import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer is JSON (alone, in a code fence, or the first object in it) that a schema allows, and
 * has the wanted values.
 *
 * @param schema what is allowed
 * @param values by JSON pointer; texts are compared without case
 */
public record JsonCheck(JsonSchema schema, Map<String, JsonNode> values) implements Check {
    static final String NAME = "json";

    public JsonCheck {
        values = Map.copyOf(values);
    }

    @Override
    public Verdict judge(Given given) {
        String expected = expected();
        Optional<JsonNode> found = find(given.answer());
        if (found.isEmpty()) {
            return Verdict.failed(
                    NAME,
                    expected,
                    given.answer().isBlank()
                            ? Seen.nothing(given, "")
                            : Seen.nothing(given, "no JSON in " + Seen.excerpt(given.answer())));
        }
        Optional<String> fault = schema.fault(found.get()).or(() -> wrongValue(found.get()));
        return fault.map(f -> Verdict.failed(NAME, expected, f))
                .orElse(Verdict.passed(NAME, expected, ""));
    }

    private String expected() {
        return values.isEmpty()
                ? "JSON that the schema allows"
                : "JSON that the schema allows, with " + values.size() + " known values";
    }

    private Optional<String> wrongValue(JsonNode node) {
        return values.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .filter(wanted -> !same(node.at(wanted.getKey()), wanted.getValue()))
                .findFirst()
                .map(wanted -> {
                    JsonNode came = node.at(wanted.getKey());
                    return wanted.getKey()
                            + " is "
                            + (came.isMissingNode() ? "missing" : Json.write(came))
                            + ", not "
                            + Json.write(wanted.getValue());
                });
    }

    /** Compares two values: numbers by size, texts without case. */
    static boolean same(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            double x = a.doubleValue();
            double y = b.doubleValue();
            return x == y || Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y));
        }
        if (a.isString() && b.isString()) {
            return a.stringValue().strip().equalsIgnoreCase(b.stringValue().strip());
        }
        if (a.isArray() && b.isArray() && a.size() == b.size()) {
            for (int i = 0; i < a.size(); i++) {
                if (!same(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return a.equals(b);
    }

    static Optional<JsonNode> find(String answer) {
        List<String> candidates = new ArrayList<>();
        candidates.add(answer);
        CodeBlock.fenced(answer).forEach(b -> candidates.add(b.text()));
        firstObject(answer).ifPresent(candidates::add);
        return candidates.stream()
                .map(String::strip)
                .map(Json::parse)
                .flatMap(Optional::stream)
                .filter(n -> n.isObject() || n.isArray())
                .findFirst();
    }

    /** Returns the text from the first brace to the one that closes it. */
    private static Optional<String> firstObject(String text) {
        int start = text.indexOf('{');
        int depth = 0;
        boolean quoted = false;
        for (int i = start; i >= 0 && i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return Optional.of(text.substring(start, i + 1));
            }
        }
        return Optional.empty();
    }
}
