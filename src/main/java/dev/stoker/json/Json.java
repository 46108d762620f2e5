package dev.stoker.json;

import dev.stoker.base.Reading;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.TokenBuffer;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one JSON mapper, and a few ways to look into a tree that comes from a server: a field that is
 * missing or of another type is empty, never a default. Thread-safe.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** Reads a JSON text; empty when it is none. */
    public static Optional<JsonNode> parse(String text) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Reads JSON bytes; empty when they are none. */
    public static Optional<JsonNode> parse(byte[] bytes, int offset, int length) {
        try {
            JsonNode node = MAPPER.readTree(bytes, offset, length);
            return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    public static String write(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    public static String pretty(JsonNode node) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    /** Returns a parser that steps through JSON text, for answers too large for a tree. */
    public static tools.jackson.core.JsonParser parser(byte[] text) {
        return mapper().createParser(text);
    }

    /** Returns a plain value (number, text, truth value, list, map) as a tree. */
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Returns what is written to the generator as a tree. */
    public static JsonNode tree(Consumer<JsonGenerator> writer) {
        TokenBuffer buffer = TokenBuffer.forGeneration();
        writer.accept(buffer);
        return MAPPER.readTree(buffer.asParser(ObjectReadContext.empty()));
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Returns the text at a path of field names, if there is a text. */
    public static Optional<String> text(JsonNode node, String... path) {
        JsonNode at = at(node, path);
        return at.isString() ? Optional.of(at.stringValue()) : Optional.empty();
    }

    /** Returns the whole number at a path of field names, if there is one that fits 64 bits. */
    public static Optional<Long> integer(JsonNode node, String... path) {
        JsonNode at = at(node, path);
        return at.isIntegralNumber() && at.canConvertToLong()
                ? Optional.of(at.longValue())
                : Optional.empty();
    }

    /** Returns the number at a path of field names, if there is a finite one. */
    public static Optional<Double> number(JsonNode node, String... path) {
        JsonNode at = at(node, path);
        return at.isNumber() && Double.isFinite(at.doubleValue())
                ? Optional.of(at.doubleValue())
                : Optional.empty();
    }

    /** Returns the truth value at a path of field names, if there is one. */
    public static Optional<Boolean> truth(JsonNode node, String... path) {
        JsonNode at = at(node, path);
        return at.isBoolean() ? Optional.of(at.booleanValue()) : Optional.empty();
    }

    /** Returns the whole number at a path as a reading. */
    public static Reading<Long> reading(JsonNode node, String reasonIfMissing, String... path) {
        return integer(node, path)
                .<Reading<Long>>map(Reading::known)
                .orElse(Reading.unsupported(reasonIfMissing));
    }

    /** Returns the node at a path of field names; a missing node where there is none. */
    public static JsonNode at(JsonNode node, String... path) {
        JsonNode at = node;
        for (String field : path) {
            at = at.path(field);
        }
        return at;
    }
}
