package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.host.HostSample;
import dev.stoker.host.NoHost;
import dev.stoker.host.ProcessSampler;
import dev.stoker.machine.MachineWatch;
import dev.stoker.machine.ServerLook;
import dev.stoker.server.ApiKey;
import dev.stoker.server.state.AskPolicy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is answered without the option parser is answered as with it. */
class PlainGpuTest {
    private static final Instant TIME = Instant.parse("2026-11-25T01:02:03.456Z");
    private static final Map<String, String> ENV = Map.of("COLUMNS", "100");
    private static final MachineWatcher NONE =
            _ -> {
                throw new AssertionError("nothing is to be looked at here");
            };

    /** The answer to a command line: what is printed, and the exit code. */
    private record Answer(int code, String out, String err) {
        /**
         * The JSON tells when it was made and since when alerts hold, which is another moment each
         * time.
         */
        static Answer of(int code, String out, String err) {
            return new Answer(
                    code,
                    out.replaceAll("\"(time|since)\" ?: ?\"[^\"]*\"", "\"$1\": \"now\""),
                    err);
        }
    }

    private static String[] words(String line) {
        return Stream.of(line.split(" ", -1)).filter(w -> !w.isEmpty()).toArray(String[]::new);
    }

    private static MachineWatcher machine(boolean lost) {
        GpuDevice device =
                new GpuDevice(
                        0,
                        Reading.known("NVIDIA A10G"),
                        Reading.known("GPU-1"),
                        Reading.known("00000000:03:00.0"),
                        GpuVendor.NVIDIA,
                        false,
                        Reading.known("580.65.06"));
        GpuSample.Builder sample =
                GpuSample.of(device, TIME, 1)
                        .put(GpuMetric.UTILISATION, 37)
                        .put(GpuMetric.POWER, 71.4);
        if (lost) {
            sample.trouble(new GpuTrouble(GpuTrouble.Kind.LOST, "The GPU is lost.", "Reboot."));
        }
        GpuSource source =
                new GpuSource() {
                    @Override
                    public String name() {
                        return "TEST";
                    }

                    @Override
                    public GpuReport sample() {
                        return new GpuReport(
                                name(),
                                TIME,
                                1,
                                List.of(sample.build()),
                                Reading.known("580.65.06"),
                                Reading.known("13.0"),
                                Optional.empty());
                    }

                    @Override
                    public void close() {}
                };
        NoHost host = new NoHost("not here");
        Path nowhere = Path.of("/nowhere");
        ProcessSampler processes = new ProcessSampler(nowhere, nowhere, nowhere, Clock.system());
        return _ ->
                new MachineWatch(
                        new GpuCollector(List.of(source), Clock.system()),
                        () -> HostSample.ofMemory(host.memory(), TIME, 0, "only the memory"),
                        processes,
                        processes,
                        new ServerLook(
                                List.of(),
                                false,
                                ApiKey.none(),
                                host,
                                AskPolicy.harmless(),
                                Clock.system()),
                        Clock.system());
    }

    private static Answer parsed(MachineWatcher machines, String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        GpuCommand command = new GpuCommand(machines, ENV, Clock.system());
        int code =
                StokerCommand.commandLine(Map.of("gpu", () -> command), "gpu")
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(words);
        return Answer.of(code, out.toString(), err.toString());
    }

    private static Optional<Answer> plain(MachineWatcher machines, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        return PlainGpu.answer(words, machines, ENV, stream(out), stream(err))
                .map(code ->
                        Answer.of(
                                code,
                                out.toString(StandardCharsets.UTF_8),
                                err.toString(StandardCharsets.UTF_8)));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpu",
                "gpu --no-color",
                "gpu --json",
                "gpu --json -q",
                "gpu --csv",
                "gpu --quiet --csv --no-color",
                "gpu --query timestamp,name,power.draw",
                "gpu --format csv,noheader --query utilization.gpu,power.draw",
                "gpu --query name --format csv,nounits -q",
                "gpu --json --csv",
                "gpu --format csv",
                "gpu --query nothing",
                "gpu --query name --format xml",
            })
    void answer_usualForm_isTheParsers(String line) {
        for (boolean lost : new boolean[] {false, true}) {
            assertThat(plain(machine(lost), words(line)))
                    .contains(parsed(machine(lost), words(line)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bench",
                "gpu --help",
                "gpu -h",
                "gpu --watch 1",
                "gpu --json --json",
                "gpu -q --quiet",
                "gpu --query",
                "gpu --query --json",
                "gpu --query @file",
                "gpu --query=name",
                "gpu --query name --query index",
                "gpu --jso",
                "gpu extra",
                "gpu -v",
                "gpu @file",
                "gpu --server http://127.0.0.1:1",
                "-q gpu",
            })
    void answer_otherForm_isLeftToTheParser(String line) {
        assertThat(plain(NONE, words(line))).isEmpty();
    }

    @Property(tries = 300)
    void read_anyWords_isWhatTheParserReads(@ForAll("lines") List<String> words) {
        String[] all = Stream.concat(Stream.of("gpu"), words.stream()).toArray(String[]::new);
        Optional<GpuRequest> plain = PlainGpu.read(all);
        if (plain.isPresent()) {
            GpuCommand command = new GpuCommand(NONE, ENV, Clock.system());
            new CommandLine(command).parseArgs(words.toArray(String[]::new));
            assertThat(plain).contains(command.request());
        }
    }

    @Provide
    Arbitrary<List<String>> lines() {
        return Arbitraries.of(
                        "--json",
                        "--csv",
                        "--no-color",
                        "-q",
                        "--quiet",
                        "--query",
                        "--format",
                        "name",
                        "csv,noheader",
                        "a b",
                        "n\"x\"",
                        "--dmon",
                        "")
                .list()
                .ofMaxSize(5);
    }

    @Test
    void flags_each_areOptionsWithoutAValueOfTheParser() {
        CommandLine line = new CommandLine(new GpuCommand(NONE, ENV, Clock.system()));
        assertThat(PlainGpu.FLAGS)
                .isNotEmpty()
                .allSatisfy(flag -> {
                    OptionSpec option = line.getCommandSpec().findOption(flag);
                    assertThat(option.arity().max()).isZero();
                });
    }

    @Test
    void show_againAndAgainWithoutAReader_ends() {
        OutputStream closed =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        PrintStream pipe = new PrintStream(closed, true, StandardCharsets.UTF_8);
        PrintWriter out = new PrintWriter(pipe, false, StandardCharsets.UTF_8);
        GpuCommand command = new GpuCommand(NONE, ENV, Clock.system());
        new CommandLine(command).parseArgs("--watch", "0.1");
        PrintWriter err = new PrintWriter(new StringWriter());
        int code = PlainGpu.show(command.request(), machine(false), ENV, out, err);
        assertThat(code).isZero();
    }

    @Test
    void rehearse_always_asksNobodyAndSucceeds() {
        PlainGpu.rehearse(machine(false), ENV);
        PlainGpu.rehearseJson(machine(true), ENV);
    }
}
