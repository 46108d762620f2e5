package dev.stoker.server.llamacpp;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;

import tools.jackson.databind.JsonNode;

import java.util.HashSet;
import java.util.Set;

/**
 * Reads the entries of llama-server's {@code /v1/models} and {@code /models}. The figures in {@code
 * meta} are those of the tensors: the file is a little larger. They are missing while a model is
 * not loaded. Pure.
 */
final class LlamaModels {
    private static final String UNLOADED = "llama-server tells it only of a loaded model";
    private static final String NO_MEMORY =
            "llama-server does not tell how much memory a model takes";

    private LlamaModels() {}

    static String id(JsonNode entry) {
        return Json.text(entry, "id").orElse("");
    }

    static boolean isNamed(JsonNode entry, String name) {
        if (id(entry).equals(name)) {
            return true;
        }
        for (JsonNode alias : entry.path("aliases")) {
            if (alias.isString() && alias.stringValue().equals(name)) {
                return true;
            }
        }
        return false;
    }

    static ModelInfo info(JsonNode entry, Set<String> capabilities) {
        Set<String> words = new HashSet<>(capabilities);
        for (JsonNode modality : entry.path("architecture").path("input_modalities")) {
            if (modality.isString() && !modality.stringValue().equals("text")) {
                words.add(
                        modality.stringValue().equals("image") ? "vision" : modality.stringValue());
            }
        }
        return new ModelInfo(
                id(entry),
                Reading.unsupported("llama-server gives no digest"),
                Json.reading(entry, UNLOADED, "meta", "size").map(Bytes::of),
                Json.text(entry, "meta", "ftype")
                        .<Reading<String>>map(Reading::known)
                        .orElse(Reading.unsupported(UNLOADED)),
                Json.reading(entry, UNLOADED, "meta", "n_params"),
                Json.text(entry, "meta", "architecture")
                        .<Reading<String>>map(Reading::known)
                        .orElse(Reading.unsupported("this build does not tell the architecture")),
                Json.reading(entry, UNLOADED, "meta", "n_ctx_train"),
                words,
                false);
    }

    static LoadedModel loaded(JsonNode entry) {
        return new LoadedModel(
                id(entry),
                Reading.unsupported("llama-server gives no digest"),
                Reading.unsupported(NO_MEMORY),
                Reading.unsupported(NO_MEMORY),
                Json.reading(entry, "this build does not tell the context", "meta", "n_ctx"),
                Reading.unsupported("llama-server does not let models expire"));
    }
}
