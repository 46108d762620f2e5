package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a user sees when something is wrong around {@code stoker bench}: one sentence, one code. */
final class BenchErrorsE2e {
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final List<String> BOTH = List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3);

    @Test
    void url_nobodyListens_isUnreachable() {
        try (BenchCli bench = new BenchCli(URI.create("http://127.0.0.1:" + Ports.free()))) {
            StokerCli.Result result = bench.run("--yes");
            assertError(result, 3, "could not be reached");
            assertThat(result.stderr()).contains("127.0.0.1:", "Check that the server runs there");
        }
    }

    @Test
    void url_malformed_isWrongUse() {
        try (StokerCli stoker = new StokerCli()) {
            assertError(stoker.run("bench", "--server", "http://", "--yes"), 2, "http://");
            assertError(stoker.run("bench", "--server", "ftp://127.0.0.1", "--yes"), 2, "ftp");
        }
    }

    @Test
    void server_ended_isUnreachableAndThatItStoppedAnsweringIsSaid() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            Signal.STOP.sendTo(ollama.pid());
            StokerCli.Result hung = bench.run("--yes");
            assertError(hung, 3, "Nothing came for");
            ollama.kill();
            assertError(bench.run("--yes"), 3, "could not be reached");
            assertThat(bench.runs()).isEmpty();
        }
    }

    @Test
    void model_unknown_isNamedWithTheModelsThatThereAre() {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            StokerCli.Result result = bench.run("--yes", RealOllama.SMOLLM2, "nosuch:1b");
            assertError(result, 2, "has no model 'nosuch:1b'");
            assertThat(result.stderr()).contains(RealOllama.SMOLLM2, RealOllama.GEMMA3);
            assertThat(bench.runs()).isEmpty();
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void hostName_thatOllamaRefuses_isToldWithTheWayOut() throws IOException {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench =
                        new BenchCli(URI.create("http://box.test:" + ollama.url().getPort()))) {
            Path names = bench.folder("names").resolve("hosts");
            Files.writeString(names, "127.0.0.1 box.test\n");
            bench.environment("JDK_JAVA_OPTIONS", "-Djdk.net.hosts.file=" + names);
            StokerCli.Result result = bench.run("--yes");
            assertError(result, 3, "HTTP 403");
            assertThat(result.stderr()).contains("box.test", "IP address");
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void resultsFolder_thatCanNotBeWritten_isNamedBeforeAnythingIsLoaded() throws IOException {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            Path file = Files.writeString(bench.folder("other").resolve("file"), "text");
            List<Path> unwritable =
                    List.of(file, file.resolve("below"), Path.of("/proc/stoker-results"));
            for (Path results : unwritable) {
                StokerCli.Result result = bench.run("--yes", "--results", results.toString());
                assertError(result, 2, "The results folder " + results + " can not be written: ");
                assertThat(result.stderr()).doesNotContain("written: " + results);
                assertThat(result.stderr()).contains("--results DIR");
            }
            assertThat(Files.readString(file)).isEqualTo("text");
            assertThat(ollama.log()).doesNotContain("starting llama-server");
            assertNothingIsLoaded(ollama);
        }
    }

    @Test
    void disk_fullInMidRun_keepsWhatWasWrittenUnloadsAndIsResumedWithSpace() throws IOException {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            bench.fileLimit(8).prompt("short", "Count from one to ten.", 16);
            StokerCli.Result full = bench.run("--yes", "--iterations", "8");
            assertKeptAndUnloaded(ollama, bench, full);
            String written = Files.readString(bench.runs().getFirst().resolve("events.jsonl"));
            List<String> before = bench.finished();

            bench.fileLimit(0);
            StokerCli.Result result = bench.earlier("--resume", "latest", "--yes", "--json");
            assertThat(result.exitCode()).as(result.stderr()).isZero();
            assertThat(bench.runs().getFirst().resolve("events.jsonl"))
                    .content()
                    .startsWith(written);
            assertThat(bench.finished())
                    .hasSize(16)
                    .doesNotHaveDuplicates()
                    .startsWith(before.toArray(String[]::new));
            JsonNode report = BenchCli.report(result);
            assertThat(report.at("/run/unreadable_lines").asInt()).isZero();
            BOTH.forEach(name -> assertThat(BenchCli.outcome(report, name)).isEqualTo("passed"));
        }
    }

    @Test
    void disk_tinyAndFull_keepsWhatWasWrittenAndUnloads() throws IOException {
        try (RealOllama ollama = RealOllama.start();
                BenchCli bench = new BenchCli(ollama.url())) {
            bench.prompt("short", "Count from one to ten.", 16);
            Path mount = bench.results();
            assumeTrue(
                    system("mount", "-t", "tmpfs", "-o", "size=16k", "none", mount.toString()),
                    "a tiny file system can not be mounted here");
            try {
                assertKeptAndUnloaded(ollama, bench, bench.run("--yes", "--iterations", "12"));
            } finally {
                assertThat(system("umount", mount.toString())).isTrue();
            }
        }
    }

    private static void assertKeptAndUnloaded(
            RealOllama ollama, BenchCli bench, StokerCli.Result result) throws IOException {
        assertThat(result.exitCode()).as(result.stderr()).isEqualTo(2);
        assertThat(result.stderr())
                .contains("The results folder ")
                .contains("can not be written: ")
                .doesNotContain("\tat ", "Exception", "defect");
        assertThat(bench.finished()).isNotEmpty();
        String written = Files.readString(bench.runs().getFirst().resolve("events.jsonl"));
        assertThat(written.endsWith("\n")).as("no torn line").isTrue();
        assertThat(written.lines().count()).isEqualTo(bench.events().size());
        assertNothingIsLoaded(ollama);
    }

    /** One sentence of Stoker's at the end of standard error, no trace, nothing on the output. */
    private static void assertError(StokerCli.Result result, int code, String words) {
        assertThat(result.exitCode()).as(result.stderr()).isEqualTo(code);
        assertThat(result.stdout()).isEmpty();
        assertThat(
                        result.stderr()
                                .lines()
                                .filter(line -> line.startsWith("stoker: "))
                                .filter(line -> !line.startsWith("stoker: building")))
                .as(result.stderr())
                .singleElement()
                .asString()
                .contains(words);
        assertThat(result.stderr()).doesNotContain("\tat ", "Exception", "defect");
    }

    private static boolean system(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void assertNothingIsLoaded(RealOllama ollama) {
        assertThat(ollama.http().get("/api/ps").body()).contains("\"models\":[]");
        Waiting.until("every runner ends", SHORT, () -> ollama.runnerPids().isEmpty());
    }
}
