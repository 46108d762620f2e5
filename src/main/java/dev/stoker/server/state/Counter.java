package dev.stoker.server.state;

/** What servers count from their start on. Only differences and totals of these mean anything. */
public enum Counter {
    /** Tokens of prompts, those found in a cache included. */
    PROMPT_TOKENS("prompt_tokens"),
    /** Tokens of prompts that were found in a cache. */
    CACHED_PROMPT_TOKENS("cached_prompt_tokens"),
    GENERATED_TOKENS("generated_tokens"),
    /** Requests that came to their end. */
    FINISHED_REQUESTS("finished_requests"),
    /** Requests that lost their place in memory to others, and were computed again. */
    PREEMPTIONS("preemptions"),
    /** Tokens that were looked for in the prefix cache. */
    PREFIX_CACHE_QUERIES("prefix_cache_queries"),
    /** Tokens that were found there. */
    PREFIX_CACHE_HITS("prefix_cache_hits"),
    /** Tokens that speculative decoding proposed. */
    DRAFTED_TOKENS("drafted_tokens"),
    /** Tokens of those that were taken. */
    ACCEPTED_TOKENS("accepted_tokens"),
    /** Sum of times to first token, in seconds, as the server sees them. */
    TTFT_SECONDS("ttft_seconds"),
    /** How many times are in that sum. */
    TTFT_COUNT("ttft_count"),
    /** Sum of gaps between tokens, in seconds. */
    ITL_SECONDS("itl_seconds"),
    /** How many gaps are in that sum. */
    ITL_COUNT("itl_count");

    private final String code;

    Counter(String code) {
        this.code = code;
    }

    /** Returns the stable name used in JSON and metrics. */
    public String code() {
        return code;
    }
}
