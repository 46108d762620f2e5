package dev.stoker.server;

/** Something that a server can do, or can be asked. What is missing is said, not guessed around. */
public enum Ability {
    /** Tells which models it could serve. */
    LIST_MODELS,
    /** Tells which models are in memory now. */
    LIST_LOADED,
    /** Loads a model on request, before a prompt. */
    LOAD,
    /** Takes a model out of memory on request. */
    UNLOAD,
    /** Takes runner options (context length …) with a request. */
    RUNNER_OPTIONS,
    /** Tells its own times for each request. */
    TIMINGS,
    /** Tells how many tokens of each prompt were cached. */
    CACHED_TOKENS,
    /** Can be told not to use its prompt cache. */
    CACHE_OFF,
    /** Honours a seed. */
    SEED,
    /** Can be told to go on after the end-of-text token. */
    IGNORE_EOS,
    /** Can be told to hold an answer to a JSON schema. */
    STRUCTURED_OUTPUT,
    /** Counts tokens of a text. */
    TOKENIZE
}
