package dev.stoker.server;

/** What kind of server answers: decides the dialect and what can be asked of it. */
public enum ServerKind {
    OLLAMA("ollama", "Ollama"),
    LLAMA_SERVER("llama-server", "llama-server"),
    LLAMA_ROUTER("llama-router", "llama-server (router)"),
    VLLM("vllm", "vLLM"),
    SGLANG("sglang", "SGLang"),
    TGI("tgi", "TGI"),
    LM_STUDIO("lm-studio", "LM Studio"),
    LLAMA_SWAP("llama-swap", "llama-swap"),
    OPENAI("openai", "OpenAI-compatible server");

    private final String code;
    private final String title;

    ServerKind(String code, String title) {
        this.code = code;
        this.title = title;
    }

    /** Returns the stable name used in JSON and records. */
    public String code() {
        return code;
    }

    /** Returns the name for people. */
    public String title() {
        return title;
    }
}
