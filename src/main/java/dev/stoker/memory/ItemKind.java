package dev.stoker.memory;

/** What memory is used for. */
public enum ItemKind {
    /** The model's tensors. */
    WEIGHTS("weights"),
    /** Keys and values of the tokens in context. */
    KV("kv"),
    /** State of recurrent layers, a sequence each. */
    RECURRENT("recurrent"),
    /** Intermediate results of one batch. */
    COMPUTE("compute"),
    /** Results that the server hands out: logits or embeddings. */
    OUTPUT("output"),
    /** What turns pictures or sound into embeddings. */
    PROJECTOR("projector"),
    /** A small model that proposes tokens, with its own cache. */
    DRAFT("draft"),
    /** What the driver takes for a process: code, queues, pools. */
    CONTEXT("context"),
    /** Kept free, so that an estimate that is a little low does no harm. */
    MARGIN("margin");

    private final String word;

    ItemKind(String word) {
        this.word = word;
    }

    /** Returns the name in reports and JSON. */
    public String word() {
        return word;
    }
}
