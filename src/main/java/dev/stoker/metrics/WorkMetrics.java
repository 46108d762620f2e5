package dev.stoker.metrics;

import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Work;

import io.prometheus.metrics.model.snapshots.Labels;

import java.util.Map;

/** What servers and models have in common: what they have to do, and what they count. Stateless. */
final class WorkMetrics {
    private WorkMetrics() {}

    /**
     * @param of {@code stoker_server} or {@code stoker_model}
     */
    static void put(Families to, String of, Labels labels, Work work) {
        to.gauge(
                of + "_requests_running",
                "Requests that are being computed.",
                labels,
                work.running());
        to.gauge(
                of + "_requests_waiting",
                "Requests that have come and wait.",
                labels,
                work.waiting());
        to.gauge(of + "_slots", "Requests that can be computed at once.", labels, work.slots());
        to.gauge(of + "_slots_busy", "Slots that compute.", labels, work.busySlots());
        to.gauge(
                of + "_kv_cache_used_ratio",
                "Used share of the memory for contexts, 0 to 1.",
                labels,
                work.kvCacheUse());
    }

    static void put(Families to, String of, Labels labels, Map<Counter, Double> totals) {
        totals.forEach((counter, total) -> {
            switch (counter) {
                case PROMPT_TOKENS ->
                        to.counter(
                                of + "_prompt_tokens",
                                "Tokens of prompts, cached ones included.",
                                labels,
                                total);
                case CACHED_PROMPT_TOKENS ->
                        to.counter(
                                of + "_prompt_tokens_cached",
                                "Tokens of prompts that were found in a cache.",
                                labels,
                                total);
                case GENERATED_TOKENS ->
                        to.counter(
                                of + "_generated_tokens",
                                "Tokens that were generated.",
                                labels,
                                total);
                case FINISHED_REQUESTS ->
                        to.counter(
                                of + "_requests_finished",
                                "Requests that came to their end.",
                                labels,
                                total);
                case PREEMPTIONS ->
                        to.counter(
                                of + "_preemptions",
                                "Requests that lost their place in memory to others.",
                                labels,
                                total);
                case PREFIX_CACHE_QUERIES ->
                        to.counter(
                                of + "_prefix_cache_queried_tokens",
                                "Tokens that were looked for in the prefix cache.",
                                labels,
                                total);
                case PREFIX_CACHE_HITS ->
                        to.counter(
                                of + "_prefix_cache_hit_tokens",
                                "Tokens that were found in the prefix cache.",
                                labels,
                                total);
                case DRAFTED_TOKENS ->
                        to.counter(
                                of + "_drafted_tokens",
                                "Tokens that speculative decoding proposed.",
                                labels,
                                total);
                case ACCEPTED_TOKENS ->
                        to.counter(
                                of + "_accepted_tokens",
                                "Proposed tokens that were taken.",
                                labels,
                                total);
                case TTFT_SECONDS ->
                        to.counter(
                                of + "_ttft_seconds",
                                "Sum of times to first token, as the server sees them.",
                                labels,
                                total);
                case TTFT_COUNT ->
                        to.counter(
                                of + "_first_tokens",
                                "How many times are in the sum of times to first token.",
                                labels,
                                total);
                case ITL_SECONDS ->
                        to.counter(
                                of + "_itl_seconds",
                                "Sum of gaps between tokens, as the server sees them.",
                                labels,
                                total);
                case ITL_COUNT ->
                        to.counter(
                                of + "_token_gaps",
                                "How many gaps are in the sum of gaps between tokens.",
                                labels,
                                total);
            }
        });
    }
}
