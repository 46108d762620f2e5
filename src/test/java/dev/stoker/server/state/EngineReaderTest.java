package dev.stoker.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** vLLM (captures of its simulator, and pages with the names of other years), SGLang, TGI. */
class EngineReaderTest {
    private static final String V = "vllm-sim-0.10.2/";
    private final LoopbackServer server = new LoopbackServer();

    @AfterEach
    void close() {
        server.close();
    }

    private ServerState read(ServerKind kind) {
        return States.read(
                new EngineReader(kind, States.process(States.ELSEWHERE, server.endpoint())),
                kind,
                server.endpoint());
    }

    private static LoopbackServer.Answer page(String text) {
        return LoopbackServer.text(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                        + text.length()
                        + "\r\n\r\n"
                        + text);
    }

    @Test
    void vllm_busy_tellsItsQueue() {
        server.captured(V + "get-health", V + "get-v1-models", V + "metrics-busy");
        ServerState state = read(ServerKind.VLLM);
        assertThat(state.work().running()).isEqualTo(Reading.known(2L));
        assertThat(state.work().waiting()).isEqualTo(Reading.known(4L));
        assertThat(state.work().kvCacheUse()).isEqualTo(Reading.known(0.0));
        assertThat(state.models().value().getFirst().name()).isEqualTo("test-model");
        assertThat(state.models().value().getFirst().contextLength())
                .isEqualTo(Reading.known(512L));
        assertThat(state.models().value().getFirst().condition())
                .isEqualTo(new ModelCondition.Loaded());
    }

    @Test
    void vllm_afterRequests_counts() {
        server.captured(V + "get-health", V + "get-v1-models", V + "metrics-after");
        Counters counters = read(ServerKind.VLLM).counters();
        assertThat(counters.get(Counter.GENERATED_TOKENS).value()).isEqualTo(236);
        assertThat(counters.get(Counter.PROMPT_TOKENS).value()).isEqualTo(95);
        assertThat(counters.get(Counter.FINISHED_REQUESTS).value()).isEqualTo(11);
        assertThat(counters.get(Counter.PREFIX_CACHE_QUERIES).value()).isEqualTo(95);
        assertThat(counters.get(Counter.PREFIX_CACHE_HITS).value()).isZero();
        assertThat(counters.get(Counter.TTFT_COUNT).value()).isEqualTo(11);
        assertThat(counters.get(Counter.ITL_COUNT).value()).isEqualTo(225);
        assertThat(counters.get(Counter.PREEMPTIONS).isKnown()).isFalse();
    }

    @Test
    void vllm_asleep_isSaidToSleep() {
        server.captured(
                V + "get-health", V + "get-v1-models", V + "metrics-sleeping", V + "is-sleeping");
        assertThat(read(ServerKind.VLLM).models().value().getFirst().condition())
                .isEqualTo(new ModelCondition.Sleeping());
    }

    @Test
    void vllm_ofLaterYears_isReadByItsNewNames() {
        server.captured(V + "get-health", V + "get-v1-models");
        server.on(
                "GET /metrics",
                page(
                        """
                        vllm:num_requests_running{engine="0",model_name="m"} 3.0
                        vllm:num_requests_running{engine="1",model_name="m"} 4.0
                        vllm:num_requests_waiting{engine="0",model_name="m"} 1.0
                        vllm:num_requests_waiting_by_reason{engine="0",reason="capacity"} 1.0
                        vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
                        vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
                        vllm:engine_sleep_state{sleep_state="awake"} 0.0
                        vllm:engine_sleep_state{sleep_state="weights_offloaded"} 1.0
                        vllm:num_preemptions_total{engine="0"} 2.0
                        vllm:prompt_tokens_total{engine="0"} 100.0
                        vllm:prompt_tokens_by_source_total{source="local_compute"} 60.0
                        vllm:prompt_tokens_by_source_total{source="local_cache_hit"} 30.0
                        vllm:prompt_tokens_by_source_total{source="external_kv_transfer"} 10.0
                        vllm:spec_decode_num_draft_tokens_total 10.0
                        vllm:spec_decode_num_accepted_tokens_total 7.0
                        vllm:inter_token_latency_seconds_sum 1.5
                        vllm:inter_token_latency_seconds_count 100.0
                        process_start_time_seconds 1.79535e+09
                        """));
        ServerState state = read(ServerKind.VLLM);
        assertThat(state.work().running()).isEqualTo(Reading.known(7L));
        assertThat(state.work().waiting()).isEqualTo(Reading.known(1L));
        assertThat(state.work().kvCacheUse()).isEqualTo(Reading.known(0.75));
        assertThat(state.counters().get(Counter.CACHED_PROMPT_TOKENS).value()).isEqualTo(40);
        assertThat(state.counters().get(Counter.ACCEPTED_TOKENS).value()).isEqualTo(7);
        assertThat(state.counters().get(Counter.ITL_SECONDS).value()).isEqualTo(1.5);
        assertThat(state.counters().life()).isPresent();
        assertThat(state.models().value().getFirst().condition())
                .isEqualTo(new ModelCondition.Sleeping());
    }

    @Test
    void vllm_ofEarlierYears_isReadByItsOldNames() {
        server.captured(V + "get-health", V + "get-v1-models");
        server.on(
                "GET /metrics",
                page(
                        """
                        vllm:gpu_cache_usage_perc{model_name="m"} 0.5
                        vllm:gpu_prefix_cache_queries_total{model_name="m"} 50.0
                        vllm:gpu_prefix_cache_hits_total{model_name="m"} 20.0
                        vllm:time_per_output_token_seconds_sum 2.0
                        vllm:time_per_output_token_seconds_count 50.0
                        """));
        ServerState state = read(ServerKind.VLLM);
        assertThat(state.work().kvCacheUse()).isEqualTo(Reading.known(0.5));
        assertThat(state.work().running().isKnown()).isFalse();
        assertThat(state.counters().get(Counter.PREFIX_CACHE_HITS).value()).isEqualTo(20);
        assertThat(state.counters().get(Counter.CACHED_PROMPT_TOKENS).value()).isEqualTo(20);
        assertThat(state.counters().get(Counter.ITL_COUNT).value()).isEqualTo(50);
    }

    @Test
    void vllm_withADeadEngine_isDown() {
        server.captured(V + "get-v1-models", V + "metrics-after");
        server.on("GET /health", LoopbackServer.json(503, ""));
        ServerState state = read(ServerKind.VLLM);
        assertThat(state.health()).isInstanceOf(Health.Down.class);
        assertThat(state.health().reason()).contains("engine is dead");
        assertThat(state.counters().anyKnown()).isFalse();
    }

    @Test
    void sglang_isNeverAskedForItsHealth() {
        server.captured(V + "get-v1-models");
        server.on(
                "GET /metrics",
                page(
                        """
                        sglang:num_running_reqs{model_name="m"} 5.0
                        sglang:num_queue_reqs{model_name="m"} 2.0
                        sglang:token_usage{model_name="m"} 0.28
                        sglang:prompt_tokens_total{model_name="m"} 800.0
                        sglang:cached_tokens_total{model_name="m"} 200.0
                        sglang:generation_tokens_total{model_name="m"} 75.0
                        """));
        ServerState state = read(ServerKind.SGLANG);
        assertThat(state.work().running()).isEqualTo(Reading.known(5L));
        assertThat(state.work().waiting()).isEqualTo(Reading.known(2L));
        assertThat(state.work().kvCacheUse()).isEqualTo(Reading.known(0.28));
        assertThat(state.counters().get(Counter.PREFIX_CACHE_HITS).value()).isEqualTo(200);
        assertThat(server.asked()).containsExactlyInAnyOrder("GET /metrics", "GET /v1/models");
    }

    @Test
    void sglang_withoutMetrics_saysHowToGetThem() {
        server.captured(V + "get-v1-models");
        ServerState state = read(ServerKind.SGLANG);
        assertThat(state.health()).isEqualTo(new Health.Up());
        assertThat(state.work().running().reason()).contains("--enable-metrics");
        assertThat(state.counters().get(Counter.PROMPT_TOKENS).reason())
                .contains("--enable-metrics");
    }

    @Test
    void tgi_isNeverAskedForItsHealth() {
        server.captured(V + "get-v1-models");
        server.on("GET /info", LoopbackServer.json(200, "{\"model_id\":\"m\"}"));
        server.on(
                "GET /metrics",
                page(
                        """
                        tgi_queue_size 3
                        tgi_batch_current_size 4
                        tgi_request_generated_tokens_sum 900
                        """));
        ServerState state = read(ServerKind.TGI);
        assertThat(state.work().running()).isEqualTo(Reading.known(4L));
        assertThat(state.work().waiting()).isEqualTo(Reading.known(3L));
        assertThat(state.counters().get(Counter.GENERATED_TOKENS).value()).isEqualTo(900);
        assertThat(server.asked()).doesNotContain("GET /health");
    }

    @Test
    void vllm_lookedAtAgain_isNotAskedForWhatStays() {
        server.captured(V + "get-health", V + "get-v1-models");
        server.on("GET /metrics", page("vllm:engine_sleep_state{sleep_state=\"awake\"} 1.0\n"));
        EngineReader reader =
                new EngineReader(
                        ServerKind.VLLM, States.process(States.ELSEWHERE, server.endpoint()));
        States.read(reader, ServerKind.VLLM, server.endpoint());
        int before = server.asked().size();
        ServerState state = States.read(reader, ServerKind.VLLM, server.endpoint());
        assertThat(state.models().value().getFirst().name()).isEqualTo("test-model");
        assertThat(server.asked().subList(before, server.asked().size()))
                .containsExactly("GET /health", "GET /metrics");
    }

    @Test
    void vllm_whoseMetricsFail_isAskedWhetherItSleeps() {
        server.captured(V + "get-health", V + "get-v1-models");
        server.on("GET /is_sleeping", LoopbackServer.json(200, "{\"is_sleeping\":true}"));
        server.on(
                "GET /metrics",
                page("vllm:engine_sleep_state{sleep_state=\"awake\"} 1.0\n"),
                LoopbackServer.json(500, "{}"));
        EngineReader reader =
                new EngineReader(
                        ServerKind.VLLM, States.process(States.ELSEWHERE, server.endpoint()));
        States.read(reader, ServerKind.VLLM, server.endpoint());
        ServerState state = States.read(reader, ServerKind.VLLM, server.endpoint());
        assertThat(state.models().value().getFirst().condition())
                .isEqualTo(new ModelCondition.Sleeping());
    }
}
