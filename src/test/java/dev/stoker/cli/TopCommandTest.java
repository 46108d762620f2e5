package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.host.NoHost;
import dev.stoker.host.ProcessSampler;
import dev.stoker.json.Json;
import dev.stoker.machine.MachineWatch;
import dev.stoker.machine.ServerLook;
import dev.stoker.machine.wire.SampleJson;
import dev.stoker.server.ApiKey;
import dev.stoker.server.state.AskPolicy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class TopCommandTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private int opened;

    /** A machine without a GPU and without servers. */
    private MachineWatch machine() {
        opened++;
        Path nothing = folder.resolve("nothing");
        Reading<Bytes> some = Reading.known(Bytes.gib(64));
        Clock clock = Clock.system();
        return new MachineWatch(
                new GpuCollector(List.of(), clock),
                () ->
                        HostSample.ofMemory(
                                new HostMemory(some, some, some, some, some, some),
                                Instant.EPOCH,
                                0,
                                "only the memory was asked for"),
                new ProcessSampler(nothing, nothing, nothing, clock),
                new ProcessSampler(nothing, nothing, nothing, clock),
                new ServerLook(
                        List.of(),
                        false,
                        ApiKey.none(),
                        new NoHost("a test"),
                        new AskPolicy(Duration.ofSeconds(1), false, false),
                        clock),
                clock);
    }

    private int run(Map<String, String> env, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        TopCommand command = new TopCommand(_ -> machine(), env, Clock.scaled(50));
        CommandLine line =
                new CommandLine(command)
                        .setExecutionExceptionHandler(new ErrorPrinter())
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));
        return line.execute(all.toArray(String[]::new));
    }

    @Test
    void once_pipe_printsPlainTextOfEightyColumns() {
        assertThat(run(Map.of("LC_ALL", "C.UTF-8"), "--once")).isZero();
        assertThat(out.toString())
                .contains("stoker top")
                .contains("No GPU was found.")
                .contains("/64.0 GiB")
                .contains("No inference server was found.")
                .doesNotContain("\u001b");
        assertThat(out.toString().lines()).allMatch(l -> l.codePointCount(0, l.length()) <= 80);
    }

    @Test
    void once_columnsInTheEnvironment_areUsed() {
        assertThat(run(Map.of("LC_ALL", "C.UTF-8", "COLUMNS", "160"), "--once")).isZero();
        assertThat(out.toString().lines()).anyMatch(l -> l.length() > 100);
    }

    @Test
    void call_withoutATerminal_isRefusedWithAWayOut() {
        assertThat(run(Map.of("TERM", "xterm"))).isEqualTo(2);
        assertThat(err.toString())
                .contains("There is no terminal to draw on")
                .contains("stoker top --once");
        assertThat(opened).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "--interval 0.01, --interval takes seconds from 0.1 to 60",
        "--interval NaN, --interval takes seconds",
        "--theme pink, There is no theme 'pink'",
        "--once --replay x, exclude each other",
        "--once --record x, exclude each other",
        "--replay x --host http://h, exclude each other",
        "--token-env T, there is no --host",
    })
    void call_wrongUse_saysWhatWasExpected(String words, String sentence) {
        assertThat(run(Map.of(), words.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(sentence);
        assertThat(opened).isZero();
    }

    private TopSources sources() {
        return new TopSources(
                () -> _ -> List.of(), Map.of(), Duration.ofSeconds(1), Clock.scaled(50));
    }

    @Test
    void record_thenReplay_isReadBackAsItWas() throws Exception {
        Path file = folder.resolve("samples.jsonl");
        try (MachineWatch machine = machine()) {
            Files.writeString(
                    file,
                    Json.write(SampleJson.write(machine.look(Duration.ofSeconds(1))))
                            + "\n{\"torn\":");
        }
        try (var feed = sources().replay(file.toString())) {
            assertThat(feed.host()).isEqualTo("samples.jsonl");
        }
    }

    @Test
    void replay_fileThatIsNone_isRefusedInASentence() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "hello\n");
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> sources().replay(file.toString())))
                .hasMessageContaining("can't be played: its first line is no sample");
    }
}
