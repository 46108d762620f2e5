package dev.stoker.server;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.util.Set;

/**
 * A model that a server could serve.
 *
 * @param name as requests name it
 * @param digest the server's digest of it
 * @param fileSize bytes on disk
 * @param quantization such as {@code Q4_K_M}
 * @param parameters number of parameters
 * @param family architecture family, such as {@code llama}
 * @param trainedContext tokens the model was trained for
 * @param capabilities the server's own words: completion, vision, thinking, embedding …
 * @param remote whether it runs elsewhere (a cloud model behind Ollama)
 */
public record ModelInfo(
        String name,
        Reading<String> digest,
        Reading<Bytes> fileSize,
        Reading<String> quantization,
        Reading<Long> parameters,
        Reading<String> family,
        Reading<Long> trainedContext,
        Set<String> capabilities,
        boolean remote) {
    public ModelInfo {
        capabilities = Set.copyOf(capabilities);
    }

    /** Returns whether the model can only make embeddings, as far as the server tells. */
    public boolean embeddingOnly() {
        return capabilities.contains("embedding") && !capabilities.contains("completion");
    }
}
