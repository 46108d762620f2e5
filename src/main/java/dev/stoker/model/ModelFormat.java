package dev.stoker.model;

/** How a model's weights are stored, which decides who can serve it. */
public enum ModelFormat {
    /** One or several GGUF files: llama-server, Ollama. */
    GGUF,
    /** A folder of safetensors files with a {@code config.json}: vLLM, SGLang. */
    SAFETENSORS
}
