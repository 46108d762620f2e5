package dev.stoker.sim.physics;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads one mapping of a box file key by key, and refuses keys that nobody asked for: a misspelt
 * key is an error, never a silent default. Used by one thread.
 */
final class Keys {
    private final String where;
    private final JsonNode node;
    private final Set<String> known = new TreeSet<>();

    Keys(String where, JsonNode node) {
        this.where = where;
        this.node = node;
        if (!node.isObject()) {
            throw wrong("is not a mapping of keys");
        }
    }

    Keys inner(String key) {
        return new Keys(where + "." + key, need(key));
    }

    List<Keys> list(String key) {
        List<Keys> all = new ArrayList<>();
        known.add(key);
        JsonNode list = node.path(key);
        for (int i = 0; i < list.size(); i++) {
            all.add(new Keys(where + "." + key + "[" + i + "]", list.get(i)));
        }
        return all;
    }

    List<String> words(String key) {
        List<String> all = new ArrayList<>();
        known.add(key);
        node.path(key).forEach(word -> all.add(word.asString()));
        return all;
    }

    boolean has(String key) {
        return node.has(key);
    }

    String text(String key) {
        return need(key).asString();
    }

    String text(String key, String otherwise) {
        known.add(key);
        return node.has(key) ? node.path(key).asString() : otherwise;
    }

    boolean truth(String key) {
        known.add(key);
        JsonNode value = node.path(key);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw wrong("has '" + key + "' which is neither true nor false");
        }
        return value.asBoolean(false);
    }

    double number(String key) {
        JsonNode value = need(key);
        if (!value.isNumber() || value.doubleValue() < 0 || !Double.isFinite(value.doubleValue())) {
            throw wrong("has '" + key + "' which is no number of 0 or more");
        }
        return value.doubleValue();
    }

    double number(String key, double otherwise) {
        known.add(key);
        return node.has(key) ? number(key) : otherwise;
    }

    int whole(String key) {
        return (int) number(key);
    }

    int whole(String key, int otherwise) {
        return (int) number(key, otherwise);
    }

    Bytes bytes(String key) {
        return Bytes.parse(text(key));
    }

    Bytes bytes(String key, Bytes otherwise) {
        known.add(key);
        return node.has(key) ? bytes(key) : otherwise;
    }

    /** Refuses the keys that were not asked for. */
    void done() {
        Set<String> unknown = new TreeSet<>(node.propertyNames());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw wrong(
                    "has the unknown key '"
                            + unknown.iterator().next()
                            + "'; known are "
                            + String.join(", ", known));
        }
    }

    private JsonNode need(String key) {
        known.add(key);
        if (!node.has(key)) {
            throw wrong("lacks the key '" + key + "'");
        }
        return node.path(key);
    }

    UserError wrong(String what) {
        return UserError.wrongUse(
                "The box file is wrong: " + where + " " + what + ".",
                "Compare it with a box of `stoker sim --list`.");
    }
}
