package dev.stoker.json;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A part of a file that people write, with its line: every key has to be known, every value of its
 * type, and whoever wrote something else is told where and what was expected. Immutable.
 */
public final class Form {
    private final String source;
    private final Map<String, Integer> lines;
    private final String pointer;
    private final JsonNode node;

    /**
     * @param source what to call the whole in an error
     * @param lines where its parts stand, by JSON pointer; empty where there are no lines
     */
    public Form(String source, Map<String, Integer> lines, JsonNode root) {
        this(source, lines, "", root);
    }

    private Form(String source, Map<String, Integer> lines, String pointer, JsonNode node) {
        this.source = source;
        this.lines = lines;
        this.pointer = pointer;
        this.node = node;
    }

    public JsonNode node() {
        return node;
    }

    public boolean has(String key) {
        return node.has(key);
    }

    public boolean isObject() {
        return node.isObject();
    }

    public Form at(String key) {
        return new Form(
                source,
                lines,
                pointer + "/" + key.replace("~", "~0").replace("/", "~1"),
                node.path(key));
    }

    public Optional<Form> maybe(String key) {
        return has(key) ? Optional.of(at(key)) : Optional.empty();
    }

    public List<Form> items() {
        if (!node.isArray()) {
            throw wrong("a list is wanted here");
        }
        List<Form> items = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            items.add(new Form(source, lines, pointer + "/" + i, node.get(i)));
        }
        return items;
    }

    /** Requires an object with no other keys than these. */
    public Form only(String... keys) {
        if (!node.isObject()) {
            throw wrong("an object with keys is wanted here (" + String.join(", ", keys) + ")");
        }
        for (String key : node.propertyNames()) {
            if (!Arrays.asList(keys).contains(key)) {
                throw at(key).unknown(key, keys);
            }
        }
        return this;
    }

    public UserError unknown(String key, String... keys) {
        String nearest =
                Arrays.stream(keys)
                        .min(Comparator.comparingInt(k -> distance(k, key)))
                        .filter(k ->
                                k.startsWith(key)
                                        || distance(k, key) <= Math.max(1, key.length() / 3))
                        .map(k -> "Did you mean '" + k + "'? ")
                        .orElse("");
        return wrong(
                "the key '" + Text.plain(key, 60) + "' is not known",
                nearest + "Known here: " + String.join(", ", keys) + ".");
    }

    public String text() {
        if (node.isString() && !node.stringValue().isBlank()) {
            return node.stringValue();
        }
        throw wrong(
                "a text is wanted here" + (node.isString() ? ", this one is empty" : ""),
                node.isValueNode() && !node.isString() && !node.isMissingNode()
                        ? "Put it in quotes: \"" + Text.plain(node.asString(), 40) + "\"."
                        : "");
    }

    public String text(String key) {
        if (!has(key)) {
            throw wrong("the key '" + key + "' is missing");
        }
        return at(key).text();
    }

    /** Reads one text, or a list of texts. */
    public List<String> texts() {
        if (!node.isArray()) {
            return List.of(text());
        }
        if (node.isEmpty()) {
            throw wrong("this list is empty");
        }
        return items().stream().map(Form::text).toList();
    }

    public long whole(long least, long most) {
        if (node.isIntegralNumber()
                && node.canConvertToLong()
                && node.longValue() >= least
                && node.longValue() <= most) {
            return node.longValue();
        }
        throw wrong("a whole number from " + least + " to " + most + " is wanted here");
    }

    public double number(double least, double most) {
        if (node.isNumber() && node.doubleValue() >= least && node.doubleValue() <= most) {
            return node.doubleValue();
        }
        throw wrong("a number is wanted here");
    }

    public boolean truth() {
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        throw wrong("true or false is wanted here");
    }

    /** Requires the word true, of a check that is either there or not. */
    public void isTrue() {
        if (!truth()) {
            throw wrong("only true has a meaning here", "Leave the line out.");
        }
    }

    public UserError wrong(String why) {
        return wrong(why, "");
    }

    public UserError wrong(String why, String hint) {
        return UserError.wrongUse(source + " can not be used: " + place() + why + ".", hint);
    }

    private String place() {
        for (String at = pointer; ; at = at.substring(0, Math.max(0, at.lastIndexOf('/')))) {
            Integer line = lines.get(at);
            if (line != null) {
                return "line " + line + ": ";
            }
            if (at.isEmpty()) {
                return "";
            }
        }
    }

    /** Returns how many letters have to be changed, added or left out (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(swap, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    public String json() {
        return Json.write(node);
    }
}
