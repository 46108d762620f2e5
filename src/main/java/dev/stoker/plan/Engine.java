package dev.stoker.plan;

/** Which server will run a model. */
public enum Engine {
    OLLAMA("Ollama"),
    LLAMA_SERVER("llama-server"),
    VLLM("vLLM");

    private final String title;

    Engine(String title) {
        this.title = title;
    }

    /** Returns its name for people. */
    public String title() {
        return title;
    }
}
