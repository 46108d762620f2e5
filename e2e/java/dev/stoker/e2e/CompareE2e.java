package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code stoker compare} on benchmarks of a real llama-server. */
final class CompareE2e {

    /**
     * The same model, with answers of the same length, on a whole server and on one that stands
     * still three quarters of the time.
     */
    @Test
    void compare_serverThatWasSlowed_findsItAndEndsWithOne() throws IOException {
        try (RealLlamaServer server =
                        RealLlamaServer.ofModel(Parts.MODEL_SMOLLM2).flags("-np", "1").start();
                BenchCli bench = new BenchCli(server.url())) {
            bench.longAnswer("answer", 64);
            String store = bench.folder("store").resolve("runs.db").toString();
            StokerCli.Result first = bench.run("--iterations", "3", "--store", store);
            assertThat(first.exitCode()).as(first.stderr()).isZero();
            String id = BenchCli.report(first).at("/run/id").asString();
            StokerCli.Result slowed;
            try (Brake brake = new Brake(server.pid())) {
                slowed =
                        bench.run(
                                "--iterations",
                                "3",
                                "--store",
                                store,
                                "--baseline",
                                id,
                                "--threshold",
                                "30%");
            }
            assertThat(slowed.exitCode()).as(slowed.stderr()).isEqualTo(1);
            assertThat(slowed.stderr())
                    .contains("against the baseline: decode tok/s of smollm2")
                    .contains("Worse: ");
            try (StokerCli stoker = new StokerCli()) {
                StokerCli.Result compared =
                        stoker.run(
                                BenchCli.STEP,
                                "compare",
                                id,
                                "latest",
                                "--json",
                                "--store",
                                store,
                                "--metric",
                                "decode_tokens_per_second");
                assertThat(compared.exitCode()).as(compared.stderr()).isEqualTo(1);
                JsonNode json = Json.parse(compared.stdout()).orElseThrow();
                assertThat(json.path("verdict").asString()).isEqualTo("worse");
                assertThat(json.path("metrics").size()).isEqualTo(1);
                assertThat(json.at("/metrics/0/change_percent").asDouble()).isLessThan(-40);
                assertThat(json.at("/setting").size())
                        .as("the machine, the server and its options are the same")
                        .isZero();
                StokerCli.Result same =
                        stoker.run(BenchCli.STEP, "compare", id, id, "--json", "--store", store);
                assertThat(same.exitCode()).isZero();
            }
            assertThat(settingOf(bench.results().resolve(id)).at("/run/server options").asString())
                    .contains("-np 1");
        }
    }

    private static JsonNode settingOf(Path run) throws IOException {
        return Json.parse(Files.readString(run.resolve("setting.json"))).orElseThrow();
    }

    /** Stops a process three quarters of the time, and lets it run again when closed. */
    private static final class Brake implements AutoCloseable {
        private final long pid;
        private final Thread thread;

        Brake(long pid) {
            this.pid = pid;
            thread = Thread.ofPlatform().daemon().start(this::pulse);
        }

        private void pulse() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    Signal.STOP.sendTo(pid);
                    Thread.sleep(60);
                    Signal.CONT.sendTo(pid);
                    Thread.sleep(20);
                }
            } catch (InterruptedException | IllegalStateException e) {
                Thread.currentThread().interrupt(); // Closed, be it while a signal was sent.
            }
        }

        @Override
        public void close() {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Signal.CONT.sendTo(pid);
        }
    }
}
