package dev.stoker.explain.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.explain.Logs;
import dev.stoker.explain.OllamaLog;
import dev.stoker.explain.OllamaLog.Load;
import dev.stoker.explain.account.Attribution.Cause;
import dev.stoker.explain.account.Attribution.Parts;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.DoubleStream;

class LogAccountTest {
    private static final String[] NAMES = {"llama3.1:8b", "mistral:7b", "qwen3:8b"};
    private static final double[] GIBIBYTES = {6.1, 5.8, 6.5};

    private static Load load(int model, double seconds, int loadedAfter) {
        String blob = "sha256-" + String.valueOf((char) ('a' + model)).repeat(64);
        return new Load(NAMES[model], blob, GIBIBYTES[model] * 1024, 4096, seconds, loadedAfter);
    }

    private static Cause cause(Attribution told, String code) {
        return told.causes().stream().filter(c -> c.code().equals(code)).findFirst().orElseThrow();
    }

    private static double sum(Parts p) {
        return DoubleStream.of(
                        p.queue().orElse(0),
                        p.load().orElse(0),
                        p.prompt().orElse(0),
                        p.decode().orElse(0),
                        p.unsplit().orElse(0),
                        p.other().orElse(0))
                .sum();
    }

    /** Three models that fit into 23 GB, asked in turn, and only one may be loaded. */
    private static OllamaLog arena(int rounds) {
        OllamaLog log =
                OllamaLog.ofServer(
                        "OLLAMA_KEEP_ALIVE:5m0s OLLAMA_MAX_LOADED_MODELS:1 OLLAMA_NUM_PARALLEL:1",
                        "22.5 GiB");
        for (int i = 0; i < rounds; i++) {
            log.pass(20).loading(load(i % 3, 8, 1), 0.5, 1.5);
        }
        return log;
    }

    @Test
    void request_whoseTimesComeAfterItsLine_leavesThemToNoOther() {
        OllamaLog log = arena(1).pass(1).timedLate(1, 3).pass(9).loading(load(1, 4, 1), 0.5, 0.5);

        Parts parts = Logs.of(log.toString()).parts();

        // 19 seconds: 8 and 2, then 4, then 4 and 1.
        assertThat(parts.load().orElseThrow()).isCloseTo(12.0 / 19, within(0.01));
        assertThat(parts.prompt().orElseThrow()).isCloseTo(2.0 / 19, within(0.01));
        assertThat(parts.decode().orElseThrow()).isCloseTo(5.0 / 19, within(0.01));
        assertThat(sum(parts)).isCloseTo(1, within(0.001));
    }

    @Test
    void asker_ofAModel_isWhoWaitedForItsLatestLoad() {
        LogAccount account = new LogAccount();
        Logs.stream(arena(3).toString().getBytes(StandardCharsets.UTF_8)).read(account);
        assertThat(account.asker("mistral:7b")).contains("127.0.0.1");
        assertThat(account.asker("phi4:14b")).isEmpty();
    }

    @Test
    void arena_threeModelsInTurn_namesTheSwappingWithSettingPlanAndCommand() {
        Attribution told = Logs.of(arena(30).toString());

        // 27 of 30 requests wait 8 of their 10 seconds for a model that had been there.
        assertThat(told.requests()).isEqualTo(30);
        assertThat(told.totalMillis()).isCloseTo(300_000, within(1.0));
        assertThat(told.swapShare()).isCloseTo(0.72, within(0.02));
        assertThat(told.parts().load().orElseThrow()).isCloseTo(0.8, within(0.02));
        assertThat(told.parts().decode().orElseThrow()).isCloseTo(0.15, within(0.01));
        assertThat(told.verdict())
                .startsWith("7")
                .contains(
                        "% of the time was swapping among three models that fit together"
                                + " (18.4 GiB of 22.5 GiB)",
                        "OLLAMA_MAX_LOADED_MODELS=1");
        assertThat(told.next())
                .anySatisfy(line ->
                        assertThat(line)
                                .contains(
                                        "OLLAMA_KEEP_ALIVE=-1 and OLLAMA_MAX_LOADED_MODELS=3",
                                        "systemctl edit ollama"))
                .anySatisfy(line ->
                        assertThat(line).contains("stoker plan llama3.1:8b mistral:7b qwen3:8b"));
        assertThat(told.evictions())
                .hasSize(3)
                .allSatisfy(e -> assertThat(e.requested()).isEqualTo(", requested by 127.0.0.1"));
        assertThat(cause(told, "swap.count").share().orElseThrow()).isCloseTo(0.72, within(0.02));
        assertThat(cause(told, "swap.alternation").evidence()).contains("A, B, C, A");
    }

    @Test
    void arena_askedRarely_namesTheKeepAlive() {
        OllamaLog log = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB");
        for (int i = 0; i < 12; i++) {
            log.pass(301).loading(load(i % 3, 8, 1), 0.5, 1.5);
        }
        Attribution told = Logs.of(log.toString());

        assertThat(told.verdict())
                .contains(
                        "swapping among three models that fit together",
                        "keep-alive had run out after 5 minutes");
        assertThat(told.next().getFirst()).contains("OLLAMA_KEEP_ALIVE=-1 for the server");
        assertThat(cause(told, "ka.expired").evidence()).startsWith("9 loads");
    }

    @Test
    void arena_modelsThatDoNotFit_sendsToThePlan() {
        OllamaLog log = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "11.5 GiB");
        for (int i = 0; i < 12; i++) {
            log.pass(10)
                    .slog(
                            "llama-server model predicted to exceed available memory, evicting",
                            "predicted=\"6 GiB\" available=\"5 GiB\"")
                    .loading(load(i % 3, 8, 1), 0.5, 1.5);
        }
        Attribution told = Logs.of(log.toString());

        assertThat(told.verdict()).contains("that do not fit together (18.4 GiB into 11.5 GiB)");
        assertThat(told.next().getFirst()).contains("stoker plan llama3.1:8b mistral:7b qwen3:8b");
    }

    @Test
    void allStay_warmRequests_sayWhatTheTimeWasSpentOn() {
        OllamaLog log = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB");
        log.loading(load(0, 1, 1), 0.5, 1.5);
        for (int i = 0; i < 50; i++) {
            log.pass(3).request(0.5, 2.0);
        }
        Attribution told = Logs.of(log.toString());

        assertThat(told.swapShare()).isZero();
        assertThat(told.verdict()).contains("was writing answers (25").contains("waited for loads");
        assertThat(told.next())
                .containsExactly("Take one request apart: stoker explain --probe MODEL");
    }

    @ParameterizedTest
    @CsvSource({
        "evict-max1, swap.count, 0.24, OLLAMA_MAX_LOADED_MODELS=2",
        "reload-numctx, swap.numctx, 0.60, num_ctx",
        "client-leaves, run.client-kills-load, 0.33, longer timeout",
    })
    void captured_knownTrouble_isNamedWithItsShare(
            String name, String code, double share, String advice) {
        Attribution told = Logs.ofOllama(name);

        assertThat(cause(told, code).share().orElseThrow()).isCloseTo(share, within(0.02));
        assertThat(String.join("\n", told.next())).contains(advice);
        assertThat(sum(told.parts())).isCloseTo(1, within(0.001));
        assertThat(told.around().version()).isEqualTo("0.33.0");
    }

    @Test
    void captured_promptCut_isTold() {
        assertThat(cause(Logs.ofOllama("truncation"), "ctx.truncated").evidence())
                .contains("1 prompt was cut", "1390 tokens");
    }

    @Test
    void captured_gpuGone_isTold() {
        Attribution told = Logs.ofOllama("gpu-lost");
        assertThat(cause(told, "gpu.cpu-fallback").evidence()).contains("got the CPU");
        assertThat(told.next()).anySatisfy(line -> assertThat(line).contains("stoker gpu"));
    }

    @Test
    void router_modelsInTurn_namesTheSwapping() {
        Attribution told = Logs.ofLlamaServer("router");
        assertThat(told.around().server()).isEqualTo(Circumstance.Server.ROUTER);
        assertThat(told.verdict())
                .contains("32 % of the time was loading smollm2 again: another model");
        assertThat(told.next().getFirst()).contains("--models-max 2");
    }

    @Test
    void llamaServer_asleep_namesTheWaking() {
        Attribution told = Logs.ofLlamaServer("sleep-idle");
        assertThat(told.verdict()).isEqualTo("50 % of the time was waking smollm2 up.");
        assertThat(cause(told, "probe.wakes").evidence()).contains("2 times");
    }

    @Test
    void llamaServer_moreRequestsThanSlots_tellsThatTheyWaited() {
        Attribution told = Logs.ofLlamaServer("session");
        assertThat(cause(told, "queue.slots").evidence()).contains("3 requests", "slots: 2");
    }

    @Test
    void requests_moreThanSlots_areAQueue() {
        OllamaLog log =
                OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s OLLAMA_NUM_PARALLEL:1", "22.5 GiB");
        log.loading(load(0, 1, 1), 0.5, 1.5).pass(10);
        for (int i = 0; i < 20; i++) {
            log.request(0.5, 1.5);
            // A second one was sent at the same time and is served after it.
            log.pass(2).raw(timing("prompt eval", 500)).raw(timing("       eval", 1500));
            log.raw(timing("      total", 2000)).gin(200, 4.0).pass(1);
        }
        Attribution told = Logs.of(log.toString());
        assertThat(told.parts().queue().orElseThrow()).isCloseTo(40.0 / 123, within(0.02));
        assertThat(told.verdict()).contains("waiting for a slot");
        assertThat(told.next().getFirst()).contains("OLLAMA_NUM_PARALLEL");
    }

    private static String timing(String what, int millis) {
        return "slot print_timing: id  0 | task 0 | "
                + what
                + " time = "
                + millis
                + ".00 ms /    20 tokens";
    }

    @Test
    void oldServer_before030_isReadToo() {
        String cmd =
                "time=2025-03-01T10:00:01.000Z level=INFO source=server.go:1 msg=\"starting llama"
                        + " server\" cmd=\"/usr/bin/ollama runner --model /m/sha256-%s --ctx-size"
                        + " 8192 --parallel 4 --port 1\"\n";
        String log =
                cmd.formatted("aaaaaaaaaaaaaaaa")
                        + "time=2025-03-01T10:00:04.000Z level=INFO source=server.go:2 msg=\"llama"
                        + " runner started in 3.00 seconds\"\n"
                        + "[GIN] 2025/03/01 - 10:00:05 | 200 |  4.0s |  127.0.0.1 | POST    "
                        + " \"/api/chat\"\n";
        Attribution told = Logs.of(log);
        assertThat(told.requests()).isEqualTo(1);
        assertThat(told.parts().load().orElseThrow()).isCloseTo(0.75, within(0.01));
        assertThat(List.of(told.verdict())).allMatch(v -> v.contains("first loads"));
    }

    @Test
    void nothing_emptyLog_saysSo() {
        Attribution told = Logs.of("");
        assertThat(told.requests()).isZero();
        assertThat(told.verdict()).isEqualTo("There is no request to a model in it.");
        assertThat(told.next()).isEmpty();
    }

    @Test
    void names_hostileText_isShownPlain() {
        OllamaLog log = OllamaLog.ofServer("OLLAMA_KEEP_ALIVE:5m0s", "22.5 GiB");
        Load hostile = new Load("evil\u001b[2J" + "x".repeat(500), "sha256-1", 10, 1, 2, 1);
        log.loading(hostile, 0.1, 0.1).pass(400).loading(hostile, 0.1, 0.1);
        Attribution told = Logs.of(log.toString());
        assertThat(told.verdict()).doesNotContain("\u001b").hasSizeLessThan(400);
        assertThat(told.models().getFirst().name()).hasSizeLessThan(70);
    }
}
