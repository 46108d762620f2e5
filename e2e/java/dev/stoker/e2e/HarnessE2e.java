package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Shows that the real servers of the end-to-end tests are what the tests take them for, and that
 * nothing of them is left over: a failure here is a fault of the installation or of the harness,
 * not of Stoker.
 */
final class HarnessE2e {
    private static final Duration SHORT = Duration.ofSeconds(15);

    @Test
    void ollama_asked_answersWithBothModels() {
        try (RealOllama ollama = RealOllama.start()) {
            assertThat(ollama.http().get("/api/version").body()).contains("\"0.33.0\"");
            assertThat(ollama.http().get("/api/tags").body())
                    .contains("\"smollm2:135m\"", "\"134.52M\"", "\"Q4_1\"")
                    .contains("\"gemma3:270m\"", "\"268.10M\"", "\"Q4_K_M\"");
            for (String model : List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3)) {
                assertThat(generate(ollama, model).body()).contains("\"eval_count\":8");
                assertThat(ollama.http().get("/api/ps").body()).contains(model);
            }
            assertThat(ollama.runnerPids()).hasSize(2);
        }
    }

    @Test
    void ollama_killed_leavesOrphansThatCloseEnds() {
        List<Long> runners;
        try (RealOllama ollama = RealOllama.start()) {
            generate(ollama, RealOllama.SMOLLM2);
            ollama.kill();
            assertThat(ollama.isRunning()).isFalse();
            runners = ollama.runnerPids();
            assertThat(runners).hasSize(1);
        }
        assertThat(runners).noneMatch(HarnessE2e::isAlive);
    }

    @Test
    void ollama_restarted_hasNewProcessAndNoRunner() {
        try (RealOllama ollama = RealOllama.start()) {
            generate(ollama, RealOllama.SMOLLM2);
            long before = ollama.pid();
            ollama.restart();
            assertThat(ollama.pid()).isNotEqualTo(before);
            Waiting.until("the runner ends", SHORT, () -> ollama.runnerPids().isEmpty());
            assertThat(ollama.http().get("/api/ps").body()).contains("\"models\":[]");
        }
    }

    @Test
    void ollama_brokenModel_failsToLoad() {
        try (RealOllama ollama = RealOllama.setup().brokenModel().start()) {
            HttpProbe.Answer answer = generate(ollama, RealOllama.BROKEN);
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).contains("exceeds file size");
        }
    }

    @Test
    void llamaServer_asked_answersWithItsModel() {
        try (RealLlamaServer server =
                RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).flags("-np", "1").start()) {
            assertThat(chat(server, "any").body()).contains("\"predicted_n\":8");
            assertThat(server.runnerPids()).containsExactly(server.pid());
        }
    }

    @Test
    void router_asked_listsBothModelsAndLoadsOne() {
        try (RealLlamaServer server = RealLlamaServer.router().brokenModel().start()) {
            assertThat(server.http().get("/models").body())
                    .contains(RealLlamaServer.SMOLLM2)
                    .contains(RealLlamaServer.GEMMA3)
                    .contains("\"" + RealLlamaServer.BROKEN + "\"");
            assertThat(server.runnerPids()).isEmpty();
            assertThat(chat(server, RealLlamaServer.SMOLLM2).body()).contains("\"predicted_n\":8");
            assertThat(server.runnerPids()).hasSize(1);
            assertThat(chat(server, RealLlamaServer.BROKEN).status()).isNotEqualTo(200);
        }
    }

    @Test
    void stoker_versionAsked_printsItAndEndsWell() {
        try (StokerCli stoker = new StokerCli()) {
            StokerCli.Result result = stoker.run("--version");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(result.stdout()).startsWith("stoker ");
        }
    }

    @Test
    void process_ofOneFamily_outlivesTheOtherAndEndsWithItsOwn() throws IOException {
        Process process;
        try (ProcessFamily family = new ProcessFamily()) {
            ProcessBuilder sleep = new ProcessBuilder("sleep", "60");
            family.adopt(sleep);
            process = sleep.start();
            long pid = process.pid();
            try (ProcessFamily other = new ProcessFamily()) {
                Waiting.until("it is known", SHORT, () -> family.pids().equals(List.of(pid)));
                assertThat(other.pids()).isEmpty();
            }
            assertThat(process.isAlive()).isTrue();
        }
        Waiting.until("it is gone", SHORT, () -> !process.isAlive());
    }

    private static HttpProbe.Answer generate(RealOllama ollama, String model) {
        String body =
                """
                {"model":"%s","prompt":"Count: one, two,","stream":false,
                 "options":{"num_predict":8,"temperature":0,"seed":1}}\
                """
                        .formatted(model);
        return ollama.http().post("/api/generate", body);
    }

    private static HttpProbe.Answer chat(RealLlamaServer server, String model) {
        String body =
                """
                {"model":"%s","messages":[{"role":"user","content":"Count from one to ten."}],
                 "max_tokens":8,"temperature":0}\
                """
                        .formatted(model);
        return server.http().post("/v1/chat/completions", body);
    }

    /** A process that has ended but was not yet collected by its parent has no command any more. */
    private static boolean isAlive(long pid) {
        try {
            return Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")).length > 0;
        } catch (IOException e) {
            return false;
        }
    }
}
