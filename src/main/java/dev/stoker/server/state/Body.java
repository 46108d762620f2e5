package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.Arrays;

/**
 * The bytes of an answer, and the tree that they are. Most answers are the same look after look: a
 * tree that was read once stands for them all. Nobody may change it. One thread at a time.
 */
final class Body {
    private final byte[] bytes;
    private @Nullable Reading<JsonNode> json;

    Body(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean holds(byte[] others) {
        return Arrays.equals(bytes, others);
    }

    Reading<JsonNode> json() {
        Reading<JsonNode> tree = json;
        if (tree == null) {
            tree =
                    Json.parse(bytes, 0, bytes.length)
                            .<Reading<JsonNode>>map(Reading::known)
                            .orElse(Reading.failed("the answer is not JSON"));
            json = tree;
        }
        return tree;
    }
}
