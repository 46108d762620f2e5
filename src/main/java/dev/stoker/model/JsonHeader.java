package dev.stoker.model;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The metadata that a server tells as a JSON object with the file's keys, such as {@code
 * model_info} of Ollama. Arrays that it leaves out are null or empty.
 */
public record JsonHeader(JsonNode object) implements Header {

    @Override
    public Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        object.propertyNames().forEach(keys::add);
        return keys;
    }

    @Override
    public Optional<String> text(String key) {
        JsonNode node = object.path(key);
        return node.isString() ? Optional.of(node.asString()) : Optional.empty();
    }

    @Override
    public OptionalLong whole(String key) {
        return number(object.path(key));
    }

    @Override
    public OptionalLong count(String key) {
        JsonNode node = object.path(key);
        return node.isArray() && !node.isEmpty()
                ? OptionalLong.of(node.size())
                : OptionalLong.empty();
    }

    @Override
    public Optional<List<Long>> wholes(String key) {
        JsonNode node = object.path(key);
        if (!node.isArray() || node.isEmpty()) {
            return Optional.empty();
        }
        List<Long> all = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            OptionalLong number = number(element);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            all.add(number.getAsLong());
        }
        return Optional.of(all);
    }

    @Override
    public boolean leftOut(String key) {
        JsonNode node = object.path(key);
        return node.isNull() || (node.isArray() && node.isEmpty());
    }

    private static OptionalLong number(JsonNode node) {
        if (node.isBoolean()) {
            return OptionalLong.of(node.asBoolean() ? 1 : 0);
        }
        if (node.isNumber()
                && node.canConvertToLong()
                && node.asDouble() == Math.rint(node.asDouble())) {
            return OptionalLong.of(node.asLong());
        }
        return OptionalLong.empty();
    }
}
