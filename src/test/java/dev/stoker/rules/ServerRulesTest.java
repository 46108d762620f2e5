package dev.stoker.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Health;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class ServerRulesTest {
    private final Scene scene = new Scene();

    private Scene.S vllm() {
        return scene.server(ServerKind.VLLM);
    }

    private static Health down(ServerFailure failure) {
        return new Health.Down(failure);
    }

    @Test
    void server_up_isNoAlert() {
        vllm();
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void server_unreachable_isCritical() {
        vllm().is(down(new ServerFailure.Unreachable("http://127.0.0.1:11434", "refused")));
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "vLLM at http://127.0.0.1:11434: The server at http://127.0.0.1:11434"
                                + " could not be reached: refused. Look into its log; start it"
                                + " again.");
        assertThat(scene.at(1))
                .containsExactly("critical server-down vLLM at http://127.0.0.1:11434");
    }

    @Test
    void server_loading_isNoAlert() {
        vllm().is(new Health.Loading("it loads"));
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void server_wantsAKey_isAWarning() {
        vllm().is(down(new ServerFailure.Refused(401, "no key")));
        assertThat(scene.at(0))
                .containsExactly("warning server-down vLLM at http://127.0.0.1:11434");
    }

    @Test
    void server_somethingElseAtAUsualPort_isNoServerThatIsDown() {
        vllm().stranger().is(down(new ServerFailure.BadAnswer(200, "a web page")));
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void server_thatWasKnownAndAnswersRubbish_isDown() {
        vllm().is(down(new ServerFailure.BadAnswer(200, "a web page")));
        assertThat(scene.at(0))
                .containsExactly("critical server-down vLLM at http://127.0.0.1:11434");
    }

    @Test
    void server_hostileReason_isCleaned() {
        vllm().is(new Health.Unknown("a\u001b[2Jb\nc"));
        assertThat(scene.alerts(0).getFirst().text()).doesNotContain("\u001b", "\n");
    }

    @Test
    void queue_growingForAWhile_isAWarning() {
        Scene.S server = vllm().running(4);
        for (int second = 0; second < 30; second++) {
            server.waiting(second + 1);
            assertThat(scene.at(second)).isEmpty();
        }
        server.waiting(31);
        assertThat(scene.alerts(30))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert.rule()).isEqualTo(Rule.QUEUE_GROWING);
                    assertThat(alert.sentence())
                            .isEqualTo("31 requests wait, 30 s ago it was 1; 4 are computed.");
                });
        server.waiting(5);
        assertThat(scene.at(31)).hasSize(1);
        server.waiting(3);
        assertThat(scene.at(32)).isEmpty();
    }

    @Test
    void queue_ofThatLength_thatDoesNotGrow_isNone() {
        vllm().waiting(20);
        assertThat(scene.from(0, 60)).isEmpty();
    }

    @Test
    void queue_emptiedInBetween_isNone() {
        Scene.S server = vllm();
        for (int second = 0; second <= 60; second++) {
            server.waiting(second % 20);
            assertThat(scene.at(second)).isEmpty();
        }
    }

    @Test
    void queue_notKnown_isNone() {
        vllm().running(9);
        assertThat(scene.from(0, 60)).isEmpty();
    }

    @Test
    void kvCache_fullForAWhile_isANote_withAQueueAWarning() {
        Scene.S server = vllm().kvCache(0.99);
        assertThat(scene.from(0, 9)).isEmpty();
        assertThat(scene.at(10))
                .containsExactly("note kv-cache-full vLLM at http://127.0.0.1:11434");
        server.waiting(2);
        assertThat(scene.at(11))
                .containsExactly("warning kv-cache-full vLLM at http://127.0.0.1:11434");
        server.kvCache(0.92);
        assertThat(scene.at(12)).hasSize(1);
        server.kvCache(0.80);
        assertThat(scene.at(13)).isEmpty();
    }

    @Test
    void kvCache_requestsLoseTheirPlace_isAWarning() {
        Scene.S server = vllm().kvCache(0.99);
        for (int second = 0; second < 10; second++) {
            server.count(Counter.PREEMPTIONS, second);
            scene.at(second);
        }
        server.count(Counter.PREEMPTIONS, 10);
        assertThat(scene.alerts(10))
                .extracting(Alert::text)
                .containsExactly(
                        "vLLM at http://127.0.0.1:11434: 99 % of its memory for contexts are in"
                                + " use, and requests lose their place and are computed again."
                                + " Shorter contexts, or fewer requests at once, would fit.");
    }

    /** Each second 1000 tokens are looked for, and so many found. */
    private List<String> hits(int first, int last, double each, double start) {
        List<String> found = List.of();
        for (int second = first; second <= last; second++) {
            vllm().count(Counter.PROMPT_TOKENS, second * 1000.0)
                    .count(Counter.PREFIX_CACHE_QUERIES, second * 1000.0)
                    .count(Counter.PREFIX_CACHE_HITS, start + (second - first) * each);
            found = scene.at(second);
        }
        return found;
    }

    @Test
    void cache_fewHits_areANoteAfterTwoMinutes() {
        assertThat(hits(0, 119, 50, 0)).isEmpty();
        assertThat(hits(120, 120, 50, 6_000))
                .containsExactly("note cache-hit-rate-low vLLM at http://127.0.0.1:11434");
    }

    @Test
    void cache_manyHits_areNoAlert() {
        assertThat(hits(0, 300, 500, 0)).isEmpty();
    }

    @Test
    void cache_noPrompts_areNoAlert() {
        vllm().count(Counter.PROMPT_TOKENS, 9_000)
                .count(Counter.PREFIX_CACHE_QUERIES, 9_000)
                .count(Counter.PREFIX_CACHE_HITS, 0);
        assertThat(scene.from(0, 300)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"30, ''", "25, warning", "6, critical"})
    void hostMemory_byWhatIsAvailable(double available, String is) {
        scene.host(available, 125);
        assertThat(scene.at(0))
                .containsExactlyElementsOf(
                        is.isEmpty() ? List.of() : List.of(is + " host-memory-high Host memory"));
    }

    @Test
    void hostMemory_unified_saysThatItIsTheGpus() {
        scene.gpu(0).unified();
        scene.host(10, 125);
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly(
                        "Host memory: 10.0 GiB of 125 GiB are available (92 % in use), and the GPU"
                                + " works in it too. Unload what is not needed before a larger"
                                + " model is loaded.");
    }

    @Test
    void swap_someOldPages_areNoAlert() {
        scene.swap(Bytes.mib(100));
        assertThat(scene.at(0)).isEmpty();
    }

    @Test
    void swap_inUse_isANote_whileTasksWaitAWarning() {
        scene.swap(Bytes.gib(2));
        assertThat(scene.alerts(0))
                .extracting(Alert::text)
                .containsExactly("Host memory: 2.0 GiB lie in swap.");
        scene.memoryPressure(0.01);
        assertThat(scene.alerts(1))
                .extracting(Alert::text)
                .containsExactly("Host memory: 2.0 GiB lie in swap; nothing waits for it now.");
        scene.memoryPressure(0.3);
        assertThat(scene.at(2)).containsExactly("warning swap-in-use Host memory");
    }

    @Test
    void alerts_always_haveTheWorstFirst() {
        scene.gpu(0).put(GpuMetric.TEMPERATURE, 85).reasons(ThrottleReason.HARDWARE_THERMAL);
        scene.swap(Bytes.gib(2)).host(5, 125);
        vllm().is(new Health.Unknown("silent"));
        assertThat(scene.alerts(0))
                .extracting(Alert::severity)
                .containsExactly(
                        Severity.CRITICAL,
                        Severity.CRITICAL,
                        Severity.WARNING,
                        Severity.WARNING,
                        Severity.NOTE);
    }

    @Test
    void alerts_clockGoesBackwards_beginAnew() {
        scene.gpu(0).put(GpuMetric.POWER, 299).put(GpuMetric.POWER_LIMIT, 300);
        scene.from(100, 120);
        assertThat(scene.from(0, 9)).isEmpty();
        assertThat(scene.alerts(10))
                .extracting(Alert::since)
                .containsExactly(Scene.START.plusSeconds(10));
    }

    @Test
    void reading_ofAFailedModelList_raisesNothing() {
        scene.server(ServerKind.OLLAMA).withoutModels().running = Reading.failed("silent");
        assertThat(scene.from(0, 60)).isEmpty();
    }
}
