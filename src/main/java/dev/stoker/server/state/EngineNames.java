package dev.stoker.server.state;

import dev.stoker.server.ServerKind;
import dev.stoker.server.exposition.Exposition;
import dev.stoker.server.exposition.Series;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How an engine names its figures in {@code /metrics}: of several names of one figure the first
 * that is there counts, newest first. A figure is the sum over the page's series of that name:
 * engines of one server, reasons of an end. Immutable.
 *
 * <p>Source: vLLM's {@code loggers.py} of 2025 and 2026 (and the names removed since 0.7), SGLang's
 * {@code collector.py} of 2026, TGI's documentation. SGLang and TGI were not seen live.
 *
 * @param health the path that tells whether it works and costs nothing: SGLang's and TGI's {@code
 *     /health} compute a token
 * @param without what has to be done to get metrics
 */
record EngineNames(
        String health,
        String without,
        Map<Counter, List<String>> counters,
        List<String> running,
        List<String> waiting,
        List<String> kvCacheUse) {
    static final String START_TIME = "process_start_time_seconds";
    static final String SLEEP_STATE = "vllm:engine_sleep_state";
    private static final String BY_SOURCE = "vllm:prompt_tokens_by_source_total";

    static EngineNames of(ServerKind kind) {
        return switch (kind) {
            case VLLM -> VLLM;
            case SGLANG -> SGLANG;
            case TGI -> TGI;
            default -> throw new IllegalArgumentException(kind + " has no metrics of its own");
        };
    }

    private static final EngineNames VLLM = vllm();
    private static final EngineNames SGLANG = sglang();
    private static final EngineNames TGI = tgi();

    private static EngineNames vllm() {
        Map<Counter, List<String>> c = new EnumMap<>(Counter.class);
        c.put(Counter.PROMPT_TOKENS, both("vllm:prompt_tokens"));
        c.put(Counter.CACHED_PROMPT_TOKENS, both("vllm:prompt_tokens_cached"));
        c.put(Counter.GENERATED_TOKENS, both("vllm:generation_tokens"));
        c.put(Counter.FINISHED_REQUESTS, both("vllm:request_success"));
        c.put(Counter.PREEMPTIONS, both("vllm:num_preemptions"));
        c.put(
                Counter.PREFIX_CACHE_QUERIES,
                both("vllm:prefix_cache_queries", "vllm:gpu_prefix_cache_queries"));
        c.put(
                Counter.PREFIX_CACHE_HITS,
                both("vllm:prefix_cache_hits", "vllm:gpu_prefix_cache_hits"));
        c.put(Counter.DRAFTED_TOKENS, both("vllm:spec_decode_num_draft_tokens"));
        c.put(Counter.ACCEPTED_TOKENS, both("vllm:spec_decode_num_accepted_tokens"));
        c.put(Counter.TTFT_SECONDS, List.of("vllm:time_to_first_token_seconds_sum"));
        c.put(Counter.TTFT_COUNT, List.of("vllm:time_to_first_token_seconds_count"));
        c.put(
                Counter.ITL_SECONDS,
                List.of(
                        "vllm:inter_token_latency_seconds_sum",
                        "vllm:time_per_output_token_seconds_sum"));
        c.put(
                Counter.ITL_COUNT,
                List.of(
                        "vllm:inter_token_latency_seconds_count",
                        "vllm:time_per_output_token_seconds_count"));
        return new EngineNames(
                "/health",
                "vLLM was started with --disable-log-stats, or shows no metrics",
                c,
                List.of("vllm:num_requests_running"),
                List.of("vllm:num_requests_waiting"),
                List.of("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"));
    }

    private static EngineNames sglang() {
        Map<Counter, List<String>> c = new EnumMap<>(Counter.class);
        c.put(Counter.PROMPT_TOKENS, both("sglang:prompt_tokens"));
        c.put(Counter.CACHED_PROMPT_TOKENS, both("sglang:cached_tokens"));
        c.put(Counter.PREFIX_CACHE_QUERIES, both("sglang:prompt_tokens"));
        c.put(Counter.PREFIX_CACHE_HITS, both("sglang:cached_tokens"));
        c.put(Counter.GENERATED_TOKENS, both("sglang:generation_tokens"));
        c.put(Counter.FINISHED_REQUESTS, both("sglang:num_requests"));
        c.put(Counter.TTFT_SECONDS, List.of("sglang:time_to_first_token_seconds_sum"));
        c.put(Counter.TTFT_COUNT, List.of("sglang:time_to_first_token_seconds_count"));
        c.put(
                Counter.ITL_SECONDS,
                List.of(
                        "sglang:inter_token_latency_seconds_sum",
                        "sglang:time_per_output_token_seconds_sum"));
        c.put(
                Counter.ITL_COUNT,
                List.of(
                        "sglang:inter_token_latency_seconds_count",
                        "sglang:time_per_output_token_seconds_count"));
        return new EngineNames(
                "/v1/models",
                "SGLang shows metrics only when it is started with --enable-metrics",
                c,
                List.of("sglang:num_running_reqs"),
                List.of("sglang:num_queue_reqs"),
                List.of("sglang:token_usage"));
    }

    private static EngineNames tgi() {
        Map<Counter, List<String>> c = new EnumMap<>(Counter.class);
        c.put(Counter.PROMPT_TOKENS, List.of("tgi_request_input_length_sum"));
        c.put(Counter.GENERATED_TOKENS, List.of("tgi_request_generated_tokens_sum"));
        c.put(
                Counter.FINISHED_REQUESTS,
                List.of("tgi_request_success", "tgi_request_success_total"));
        return new EngineNames(
                "/info",
                "TGI shows no metrics",
                c,
                List.of("tgi_batch_current_size"),
                List.of("tgi_queue_size"),
                List.of());
    }

    /**
     * The Prometheus client of Python appends {@code _total} to a counter's name; others do not.
     */
    private static List<String> both(String... names) {
        return Arrays.stream(names).flatMap(n -> List.of(n + "_total", n).stream()).toList();
    }

    /** Returns which names of a page are read at all. */
    Predicate<String> wanted() {
        Set<String> names = new HashSet<>(Set.of(START_TIME, SLEEP_STATE, BY_SOURCE));
        counters.values().forEach(names::addAll);
        names.addAll(running);
        names.addAll(waiting);
        names.addAll(kvCacheUse);
        return names::contains;
    }

    /** Returns the sum of the first name that is there. */
    static OptionalDouble sum(Exposition page, List<String> names) {
        for (String name : names) {
            OptionalDouble sum = page.sum(name);
            if (sum.isPresent()) {
                return sum;
            }
        }
        return OptionalDouble.empty();
    }

    /** Returns a counter. Older vLLM counts cached tokens by their source, or as hits alone. */
    OptionalDouble counter(Exposition page, Counter counter) {
        OptionalDouble named = sum(page, counters.getOrDefault(counter, List.of()));
        if (named.isPresent() || counter != Counter.CACHED_PROMPT_TOKENS) {
            return named;
        }
        OptionalDouble bySource =
                page.sum(BY_SOURCE, (Series s) -> !s.label("source").equals("local_compute"));
        return bySource.isPresent()
                ? bySource
                : sum(page, counters.getOrDefault(Counter.PREFIX_CACHE_HITS, List.of()));
    }

    /** Returns the use of the KV cache: of several engines the fullest. */
    OptionalDouble kvCache(Exposition page) {
        return kvCacheUse.stream()
                .map(page::largest)
                .filter(OptionalDouble::isPresent)
                .findFirst()
                .orElse(OptionalDouble.empty());
    }
}
