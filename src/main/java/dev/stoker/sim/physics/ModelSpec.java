package dev.stoker.sim.physics;

import dev.stoker.base.Bytes;

import java.util.List;

/**
 * A model of a box's catalogue: what its file says and how it behaves.
 *
 * @param name as requests name it
 * @param digest 64 hexadecimal digits, the manifest's in the lists and the blob's in the
 *     scheduler's order
 * @param file bytes on disk
 * @param family the architecture, such as {@code qwen2}
 * @param quantization such as {@code Q4_K_M}
 * @param parameters all of them
 * @param activeParameters those that one token touches; fewer than all for a mixture of experts
 * @param layers repeating blocks
 * @param heads attention heads
 * @param kvHeads key-value heads
 * @param headSize numbers a head
 * @param embedding width of the model
 * @param vocabulary number of tokens known
 * @param context tokens that it was trained for
 * @param capabilities Ollama's words: completion, tools, thinking, vision
 * @param answerTokens how long it answers when nothing limits it
 * @param thinkingTokens how long it thinks before that
 * @param keeps what the server process does not give back after this model is unloaded
 * @param efficiency share of the bandwidth that decoding reaches; 0 for the box's own
 * @param degradedDecode decode rate left when the box is degraded, as a share
 * @param degradedPrompt prompt rate left then
 */
public record ModelSpec(
        String name,
        String digest,
        Bytes file,
        String family,
        String quantization,
        long parameters,
        long activeParameters,
        int layers,
        int heads,
        int kvHeads,
        int headSize,
        int embedding,
        int vocabulary,
        int context,
        List<String> capabilities,
        int answerTokens,
        int thinkingTokens,
        Bytes keeps,
        double efficiency,
        double degradedDecode,
        double degradedPrompt) {
    public ModelSpec {
        capabilities = List.copyOf(capabilities);
    }

    public boolean thinks() {
        return capabilities.contains("thinking");
    }

    /**
     * Bytes of key-value cache a token, keys and values in all layers at 16 bits (llama.cpp's f16
     * cache).
     */
    public long kvBytesPerToken() {
        return 2L * 2 * layers * kvHeads * headSize;
    }

    /**
     * Bytes of the token embedding: it is looked up, stays on the host and is not read in whole for
     * a token.
     */
    public long embeddingBytes() {
        double bytesPerParameter = (double) file.count() / parameters;
        return Math.min(file.count() / 2, Math.round(bytesPerParameter * vocabulary * embedding));
    }

    /** Bytes of the weights that go to the GPU when all layers do. */
    public long weightBytes() {
        return file.count() - embeddingBytes();
    }

    /** Bytes that one token moves: the weights that it touches and the cache up to its depth. */
    public double bytesPerToken(long depth) {
        return (double) weightBytes() * activeParameters / parameters
                + (double) kvBytesPerToken() * depth;
    }

    /** Operations that one token costs: two for each parameter that it touches. */
    public double operationsPerToken() {
        return 2.0 * activeParameters;
    }
}
