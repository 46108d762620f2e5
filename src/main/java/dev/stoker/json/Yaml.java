package dev.stoker.json;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads YAML into the same trees as JSON. Thread-safe. */
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
}
