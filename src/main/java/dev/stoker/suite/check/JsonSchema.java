package dev.stoker.suite.check;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The part of JSON Schema (2020-12) that asks something of an answer: types, members, items, enums,
 * bounds, and the combinations. A keyword that it does not know is refused when a schema is made,
 * not passed over. Immutable.
 */
public final class JsonSchema {
    private static final Set<String> WORDS =
            Set.of("title", "description", "$schema", "$id", "examples", "default");
    private static final Set<String> KNOWN =
            Set.of(
                    "type",
                    "enum",
                    "const",
                    "properties",
                    "required",
                    "additionalProperties",
                    "items",
                    "minItems",
                    "maxItems",
                    "uniqueItems",
                    "minLength",
                    "maxLength",
                    "pattern",
                    "minimum",
                    "maximum",
                    "exclusiveMinimum",
                    "exclusiveMaximum",
                    "multipleOf",
                    "anyOf",
                    "oneOf",
                    "allOf",
                    "not");
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");

    private final JsonNode schema;

    private JsonSchema(JsonNode schema) {
        this.schema = schema;
    }

    /**
     * @throws IllegalArgumentException if it asks for something that is not known here; the message
     *     says what
     */
    public static JsonSchema of(JsonNode schema) {
        require(schema);
        return new JsonSchema(schema);
    }

    private static void require(JsonNode s) {
        if (s.isBoolean()) {
            return;
        }
        if (!s.isObject()) {
            throw new IllegalArgumentException("a schema is an object");
        }
        for (String key : s.propertyNames()) {
            if (!KNOWN.contains(key) && !WORDS.contains(key)) {
                throw new IllegalArgumentException("the keyword '" + key + "' is not known");
            }
        }
        for (JsonNode type : s.path("type").isArray() ? s.path("type") : one(s.path("type"))) {
            if (!type.isString() || !TYPES.contains(type.stringValue())) {
                throw new IllegalArgumentException("the type " + type + " is not known");
            }
        }
        if (s.has("pattern")) {
            try {
                Pattern.compile(s.path("pattern").asString());
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("the pattern can not be read", e);
            }
        }
        s.path("properties").forEach(JsonSchema::require);
        for (String key : new String[] {"anyOf", "oneOf", "allOf"}) {
            s.path(key).forEach(JsonSchema::require);
        }
        for (String key : new String[] {"items", "not", "additionalProperties"}) {
            if (s.has(key)) {
                require(s.path(key));
            }
        }
    }

    private static Iterable<JsonNode> one(JsonNode node) {
        return node.isMissingNode() ? List.of() : List.of(node);
    }

    /** Returns the first thing that is wrong with a value, with its place; empty for nothing. */
    public Optional<String> fault(JsonNode value) {
        return fault(schema, value, "");
    }

    private static Optional<String> fault(JsonNode s, JsonNode v, String at) {
        if (s.isBoolean()) {
            return s.booleanValue() ? Optional.empty() : wrong(at, "is not allowed");
        }
        if (s.has("type") && !hasType(s.path("type"), v)) {
            return wrong(at, "is " + type(v) + ", not " + s.path("type"));
        }
        if (s.has("const") && !JsonCheck.same(s.path("const"), v)) {
            return wrong(at, "is " + v + ", not " + s.path("const"));
        }
        if (s.has("enum") && s.path("enum").valueStream().noneMatch(e -> e.equals(v))) {
            return wrong(at, "is " + v + ", none of " + s.path("enum"));
        }
        return object(s, v, at)
                .or(() -> array(s, v, at))
                .or(() -> text(s, v, at))
                .or(() -> number(s, v, at))
                .or(() -> combined(s, v, at));
    }

    private static Optional<String> object(JsonNode s, JsonNode v, String at) {
        if (!v.isObject()) {
            return Optional.empty();
        }
        for (JsonNode name : s.path("required")) {
            if (!v.has(name.asString())) {
                return wrong(at, "has no \"" + name.asString() + "\"");
            }
        }
        for (Map.Entry<String, JsonNode> member : v.properties()) {
            JsonNode own = s.path("properties").path(member.getKey());
            String place = at + "/" + member.getKey();
            Optional<String> fault = Optional.empty();
            if (!own.isMissingNode()) {
                fault = fault(own, member.getValue(), place);
            } else if (s.has("additionalProperties")) {
                fault = fault(s.path("additionalProperties"), member.getValue(), place);
            }
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> array(JsonNode s, JsonNode v, String at) {
        if (!v.isArray()) {
            return Optional.empty();
        }
        if (v.size() < s.path("minItems").asInt(0)
                || v.size() > s.path("maxItems").asInt(Integer.MAX_VALUE)) {
            return wrong(at, "has " + v.size() + " items");
        }
        for (int i = 0; i < v.size(); i++) {
            if (s.has("items")) {
                Optional<String> fault = fault(s.path("items"), v.get(i), at + "/" + i);
                if (fault.isPresent()) {
                    return fault;
                }
            }
            for (int j = 0; s.path("uniqueItems").asBoolean(false) && j < i; j++) {
                if (v.get(j).equals(v.get(i))) {
                    return wrong(at, "has an item twice: " + v.get(i));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> text(JsonNode s, JsonNode v, String at) {
        if (!v.isString()) {
            return Optional.empty();
        }
        String text = v.stringValue();
        int length = text.codePointCount(0, text.length());
        if (length < s.path("minLength").asInt(0)
                || length > s.path("maxLength").asInt(Integer.MAX_VALUE)) {
            return wrong(at, "has " + length + " characters");
        }
        try {
            return s.has("pattern")
                            && !Pattern.compile(s.path("pattern").asString())
                                    .matcher(new BoundedText(text))
                                    .find()
                    ? wrong(at, "is " + v + ", which " + s.path("pattern") + " does not match")
                    : Optional.empty();
        } catch (BoundedText.TooLong e) {
            return wrong(at, "takes the pattern too long");
        }
    }

    private static Optional<String> number(JsonNode s, JsonNode v, String at) {
        if (!v.isNumber()) {
            return Optional.empty();
        }
        double n = v.doubleValue();
        boolean inside =
                n >= bound(s, "minimum", Double.NEGATIVE_INFINITY)
                        && n <= bound(s, "maximum", Double.POSITIVE_INFINITY)
                        && n > bound(s, "exclusiveMinimum", Double.NEGATIVE_INFINITY)
                        && n < bound(s, "exclusiveMaximum", Double.POSITIVE_INFINITY);
        if (!inside) {
            return wrong(at, "is " + v + ", outside its bounds");
        }
        double step = bound(s, "multipleOf", 0);
        return step > 0 && Math.abs(n / step - Math.rint(n / step)) > 1e-9
                ? wrong(at, "is " + v + ", no multiple of " + s.path("multipleOf"))
                : Optional.empty();
    }

    private static double bound(JsonNode s, String key, double other) {
        return s.path(key).isNumber() ? s.path(key).doubleValue() : other;
    }

    private static Optional<String> combined(JsonNode s, JsonNode v, String at) {
        for (JsonNode part : s.path("allOf")) {
            Optional<String> fault = fault(part, v, at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        if (s.has("anyOf") && matching(s.path("anyOf"), v) == 0) {
            return wrong(at, "is none of what is allowed");
        }
        if (s.has("oneOf") && matching(s.path("oneOf"), v) != 1) {
            return wrong(at, "is not exactly one of what is allowed");
        }
        return s.has("not") && fault(s.path("not"), v, at).isEmpty()
                ? wrong(at, "is what is not allowed")
                : Optional.empty();
    }

    private static long matching(JsonNode parts, JsonNode v) {
        return parts.valueStream().filter(p -> fault(p, v, "").isEmpty()).count();
    }

    private static boolean hasType(JsonNode type, JsonNode v) {
        if (type.isArray()) {
            return type.valueStream().anyMatch(t -> hasType(t, v));
        }
        String name = type(v);
        String wanted = type.asString();
        return wanted.equals(name) || (wanted.equals("number") && name.equals("integer"));
    }

    private static String type(JsonNode v) {
        if (v.isNumber()) {
            return v.doubleValue() == Math.rint(v.doubleValue()) ? "integer" : "number";
        }
        return v.isObject()
                ? "object"
                : v.isArray()
                        ? "array"
                        : v.isString() ? "string" : v.isBoolean() ? "boolean" : "null";
    }

    private static Optional<String> wrong(String at, String what) {
        return Optional.of((at.isEmpty() ? "the whole" : at) + " " + what);
    }
}
