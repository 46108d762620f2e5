package dev.stoker.json;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Reads YAML into the same trees as JSON, and writes such trees. Thread-safe. */
public final class Yaml {
    private static final YAMLMapper MAPPER = new YAMLMapper();

    private Yaml() {}

    /** A text that is no YAML; the message says where. */
    public static final class NoYaml extends Exception {
        private static final long serialVersionUID = 1L;

        NoYaml(String message) {
            super(message);
        }
    }

    /** Reads a text; of a repeated key the last counts. */
    public static JsonNode parse(String text) throws NoYaml {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new NoYaml(String.valueOf(e.getOriginalMessage()));
        }
    }

    /** Writes a tree as YAML, without a document's head. */
    public static String write(JsonNode tree) {
        String text = MAPPER.writeValueAsString(tree);
        return text.startsWith("---") ? text.substring(3).stripLeading() : text;
    }

    /**
     * A tree, and where its parts stand in the text.
     *
     * @param tree empty texts make a missing node
     * @param lines the line of each key and each list's item, from 1, by the JSON pointer of what
     *     it holds
     */
    public record Located(JsonNode tree, Map<String, Integer> lines) {
        public Located {
            lines = Map.copyOf(lines);
        }
    }

    /** Reads a text and notes on which line everything stands; a repeated key is refused. */
    public static Located locate(String text) throws NoYaml {
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = MAPPER.createParser(text)) {
            Deque<Place> open = new ArrayDeque<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                int line = parser.currentTokenLocation().getLineNr();
                if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                    open.pop();
                    continue;
                }
                Place above = open.peek();
                if (token == JsonToken.PROPERTY_NAME && above != null) {
                    above.key = escaped(String.valueOf(parser.currentName()));
                    if (lines.putIfAbsent(above.pointer(), line) != null) {
                        throw new NoYaml(
                                "line "
                                        + line
                                        + ": the key '"
                                        + above.key
                                        + "' stands there twice");
                    }
                    continue;
                }
                String pointer = "";
                if (above != null) {
                    above.step();
                    pointer = above.pointer();
                }
                lines.putIfAbsent(pointer, line);
                if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                    open.push(new Place(pointer, token == JsonToken.START_ARRAY));
                }
            }
        } catch (JacksonException e) {
            String where =
                    e.getLocation() == null || e.getLocation().getLineNr() < 1
                            ? ""
                            : "line " + e.getLocation().getLineNr() + ": ";
            String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
            throw new NoYaml(where + what);
        }
        return new Located(parse(text), lines);
    }

    private static String escaped(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }

    /** Where the reader is inside an object or a list. */
    private static final class Place {
        private final String above;
        private final boolean list;
        private String key = "";
        private int index = -1;

        Place(String above, boolean list) {
            this.above = above;
            this.list = list;
        }

        void step() {
            index++;
        }

        String pointer() {
            return above + "/" + (list ? Integer.toString(index) : key);
        }
    }
}
