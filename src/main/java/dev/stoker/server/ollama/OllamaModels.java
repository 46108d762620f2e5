package dev.stoker.server.ollama;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;

import tools.jackson.databind.JsonNode;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Ollama's lists of models. Pure. */
public final class OllamaModels {
    private static final Pattern PARAMETERS = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)([KMBT]?)");
    private static final Map<String, Double> UNITS =
            Map.of("", 1.0, "K", 1e3, "M", 1e6, "B", 1e9, "T", 1e12);
    private static final String NO_SIZE =
            "the server says 0 bytes, which stands for unknown: its runner's memory lines could not"
                    + " be read";

    private OllamaModels() {}

    /**
     * Reads one entry of {@code /api/tags}; older servers leave out capabilities, which {@code
     * show} then gives.
     */
    static ModelInfo tag(JsonNode node, Optional<JsonNode> show) {
        String name = name(node);
        JsonNode details = node.path("details");
        Optional<Long> context =
                Json.integer(details, "context_length")
                        .or(() -> show.flatMap(OllamaModels::context));
        JsonNode words =
                node.has("capabilities")
                        ? node.path("capabilities")
                        : show.map(s -> s.path("capabilities")).orElse(Json.array());
        return new ModelInfo(
                name,
                text(node, "digest"),
                Json.reading(node, "the server gave no size", "size").map(Bytes::of),
                text(details, "quantization_level"),
                Json.text(details, "parameter_size")
                        .flatMap(OllamaModels::parameters)
                        .<Reading<Long>>map(Reading::known)
                        .orElse(Reading.unsupported("the server gave no number of parameters")),
                text(details, "family"),
                context.<Reading<Long>>map(Reading::known)
                        .orElse(Reading.unsupported("the server gave no training context")),
                strings(words),
                isRemote(name, node));
    }

    /** Reads one entry of {@code /api/ps}. */
    public static LoadedModel running(JsonNode node) {
        long size = Json.integer(node, "size").orElse(0L);
        long vram = Json.integer(node, "size_vram").orElse(0L);
        boolean known = size > 0;
        return new LoadedModel(
                name(node),
                text(node, "digest"),
                known ? Reading.known(Bytes.of(size)) : Reading.unsupported(NO_SIZE),
                known || vram > 0 ? Reading.known(Bytes.of(vram)) : Reading.unsupported(NO_SIZE),
                Json.reading(
                        node,
                        "this version of the server does not tell the context",
                        "context_length"),
                Json.text(node, "expires_at")
                        .flatMap(OllamaModels::time)
                        .<Reading<Instant>>map(Reading::known)
                        .orElse(Reading.unsupported("the server gave no time of expiry")));
    }

    public static List<JsonNode> entries(JsonNode list) {
        List<JsonNode> entries = new ArrayList<>();
        list.path("models").forEach(entries::add);
        return entries;
    }

    static String name(JsonNode node) {
        return Json.text(node, "name").or(() -> Json.text(node, "model")).orElse("");
    }

    /** Returns whether two names mean the same model: a missing tag is {@code latest}. */
    static boolean sameName(String one, String other) {
        return full(one).equalsIgnoreCase(full(other));
    }

    private static String full(String name) {
        return name.indexOf(':', name.lastIndexOf('/') + 1) >= 0 ? name : name + ":latest";
    }

    private static boolean isRemote(String name, JsonNode node) {
        return name.endsWith(":cloud")
                || name.endsWith("-cloud")
                || !Json.text(node, "remote_host").orElse("").isEmpty()
                || !Json.text(node, "remote_model").orElse("").isEmpty();
    }

    private static Optional<Long> context(JsonNode show) {
        for (Map.Entry<String, JsonNode> field : show.path("model_info").properties()) {
            if (field.getKey().endsWith(".context_length") && field.getValue().isIntegralNumber()) {
                return Optional.of(field.getValue().longValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<Long> parameters(String text) {
        Matcher m = PARAMETERS.matcher(text.strip());
        return m.matches()
                ? Optional.of(
                        Math.round(
                                Double.parseDouble(m.group(1))
                                        * UNITS.getOrDefault(m.group(2), 1.0)))
                : Optional.empty();
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Reading<String> text(JsonNode node, String field) {
        return Json.text(node, field)
                .filter(t -> !t.isBlank())
                .<Reading<String>>map(Reading::known)
                .orElse(Reading.unsupported("the server gave no " + field.replace('_', ' ')));
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> out = new HashSet<>();
        for (JsonNode item : array) {
            if (item.isString()) {
                out.add(item.stringValue());
            }
        }
        return out;
    }
}
