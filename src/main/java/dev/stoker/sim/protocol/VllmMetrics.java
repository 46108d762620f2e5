package dev.stoker.sim.protocol;

import dev.stoker.sim.engine.Counters;
import dev.stoker.sim.engine.Counters.Finished;
import dev.stoker.sim.engine.Engine;
import dev.stoker.sim.engine.Resident;
import dev.stoker.sim.physics.ModelSpec;

import java.util.List;

/** vLLM's metrics page with the names of 2026, from what the server has really done. Stateless. */
final class VllmMetrics {
    private static final double[] SECONDS = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20,
        40, 80, 160, 640
    };
    private static final double[] TOKENS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000
    };
    private static final int BLOCK = 16;

    private VllmMetrics() {}

    static String page(Engine engine, ModelSpec model, int context) {
        String labels = "engine=\"0\",model_name=\"" + model.name() + "\"";
        Counters.Totals t = engine.counters().totals();
        Engine.Load load = engine.load();
        List<Finished> done = engine.counters().finished();
        Metrics p = new Metrics();
        p.one(
                "vllm:num_requests_running",
                labels,
                "gauge",
                "Number of requests in model execution batches.",
                load.running());
        p.one(
                "vllm:num_requests_waiting",
                labels,
                "gauge",
                "Number of requests waiting to be processed.",
                load.waiting());
        p.one(
                "vllm:kv_cache_usage_perc",
                labels,
                "gauge",
                "KV-cache usage. 1 means 100 percent usage.",
                usage(engine, model, context));
        long blocks = (long) engine.box().server().slots() * context / BLOCK;
        p.head("vllm:cache_config_info", "gauge", "Information of the LLMEngine CacheConfig");
        p.value(
                "vllm:cache_config_info{block_size=\"16\",engine=\"0\",num_gpu_blocks=\""
                        + blocks
                        + "\"}",
                1);
        counter(
                p,
                labels,
                "prefix_cache_queries",
                "Prefix cache queries, in terms of number of queried tokens.",
                t.promptTokens() + t.cachedTokens());
        counter(
                p,
                labels,
                "prefix_cache_hits",
                "Prefix cache hits, in terms of number of cached tokens.",
                t.cachedTokens());
        counter(
                p,
                labels,
                "num_preemptions",
                "Cumulative number of preemption from the engine.",
                0);
        counter(
                p,
                labels,
                "prompt_tokens",
                "Number of prefill tokens processed.",
                t.promptTokens() + t.cachedTokens());
        counter(
                p,
                labels,
                "generation_tokens",
                "Number of generation tokens processed.",
                t.tokens());
        p.head(
                "vllm:request_success_total",
                "counter",
                "Count of successfully processed requests.");
        long byLength = done.stream().filter(f -> f.result().byLength()).count();
        p.value(
                "vllm:request_success_total{" + labels + ",finished_reason=\"stop\"}",
                (double) (done.size() - byLength));
        p.value(
                "vllm:request_success_total{" + labels + ",finished_reason=\"length\"}",
                (double) byLength);
        histograms(p, labels, done);
        return p.toString();
    }

    private static void counter(Metrics p, String labels, String name, String help, double value) {
        p.one("vllm:" + name + "_total", labels, "counter", help, value);
    }

    private static double usage(Engine engine, ModelSpec model, int context) {
        int active = engine.resident(model).map(Resident::active).orElse(0);
        return Math.min(
                1, active / (double) engine.box().server().slots() * Math.min(1, 512.0 / context));
    }

    private static void histograms(Metrics p, String l, List<Finished> done) {
        p.histogram(
                "vllm:request_prompt_tokens",
                l,
                "Number of prefill tokens processed.",
                TOKENS,
                done,
                f -> f.result().promptTokens());
        p.histogram(
                "vllm:request_generation_tokens",
                l,
                "Number of generation tokens processed.",
                TOKENS,
                done,
                f -> f.result().tokens());
        p.histogram(
                "vllm:time_to_first_token_seconds",
                l,
                "Histogram of time to first token in seconds.",
                SECONDS,
                done,
                Finished::firstTokenSeconds);
        p.histogram(
                "vllm:inter_token_latency_seconds",
                l,
                "Histogram of inter-token latency in seconds.",
                SECONDS,
                done,
                VllmMetrics::each);
        p.histogram(
                "vllm:request_time_per_output_token_seconds",
                l,
                "Histogram of time per output token per request.",
                SECONDS,
                done,
                VllmMetrics::each);
        p.histogram(
                "vllm:e2e_request_latency_seconds",
                l,
                "Histogram of e2e request latency in seconds.",
                SECONDS,
                done,
                Finished::allSeconds);
        p.histogram(
                "vllm:request_queue_time_seconds",
                l,
                "Histogram of time spent in WAITING phase.",
                SECONDS,
                done,
                Finished::queueSeconds);
        p.histogram(
                "vllm:request_prefill_time_seconds",
                l,
                "Histogram of time spent in PREFILL phase.",
                SECONDS,
                done,
                f -> f.result().promptNanos() / 1e9);
        p.histogram(
                "vllm:request_decode_time_seconds",
                l,
                "Histogram of time spent in DECODE phase.",
                SECONDS,
                done,
                f -> f.result().decodeNanos() / 1e9);
    }

    private static double each(Finished f) {
        return f.result().decodeNanos() / 1e9 / Math.max(1, f.result().tokens() - 1);
    }
}
