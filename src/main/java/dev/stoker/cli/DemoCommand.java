package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.server.ServerException;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.BoxFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * {@code stoker demo}: the story of the five models on simulated boxes, four configurations at
 * once, beside what the story tells; or that of the Jetson that gets slower ({@link ThorStory}), or
 * of the chat arena ({@link ArenaStory}). It uses no real server and says so. Used by one thread.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Play a story on a simulated machine. No real server is used.",
            "",
            "models: what memory management does for a benchmark of five models on 128 GB.",
            "arena: a cloud machine behind a chat arena, whose models had left the memory.",
            "thor: a Jetson whose models get slower with each reload, and what brings it back.",
            ""
        })
public final class DemoCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "STORY",
            description = "models, arena or thor. Default: ${DEFAULT-VALUE}.",
            defaultValue = "models")
    private String story = "models";

    @Option(
            names = "--cause",
            paramLabel = "CAUSE",
            description =
                    "Of thor: why it gets slower; see 'stoker sim --list'. Default:"
                            + " ${DEFAULT-VALUE}.",
            defaultValue = "pagecache")
    private String cause = "pagecache";

    @Option(
            names = "--speed",
            description = "Simulated seconds a second. Default: ${DEFAULT-VALUE}.",
            defaultValue = "50")
    private double speed = 50;

    @Option(
            names = "--iterations",
            description = "Repetitions of each prompt. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int iterations = 10;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Another amount of memory, such as 256GB: then nothing fails.",
            defaultValue = "")
    private String memory = "";

    /** Makes the command with what the benchmark needs to expect sizes. */
    @Override
    public Integer call() throws IOException, InterruptedException, ServerException {
        if (!(speed >= 1) || speed > 1000 || iterations < 1 || iterations > 100) {
            throw UserError.wrongUse(
                    "The speed must be from 1 to 1000 and the iterations from 1 to 100.", "");
        }
        if (!List.of("models", "arena", "thor").contains(story)) {
            throw UserError.wrongUse(
                    "There is no story '" + Text.plain(story, 40) + "'.",
                    "Say models, arena or thor.");
        }
        if (story.equals("arena")) {
            return new ArenaStory(spec.commandLine().getOut(), spec.commandLine().getErr(), speed)
                    .play()
                    .number();
        }
        if (story.equals("thor")) {
            return new ThorStory(spec.commandLine().getOut(), spec.commandLine().getErr(), speed)
                    .play(cause)
                    .number();
        }
        Box read = BoxFile.load("thor");
        Box box = memory.isEmpty() ? read : read.withMemory(Bytes.parse(memory));
        PrintWriter err = spec.commandLine().getErr();
        err.println("SIMULATION, no real server: " + box.title() + ", " + shown(box) + ".");
        err.printf(
                Locale.ROOT,
                "Benchmarking five models in four configurations at %.0f times the real speed …%n",
                speed);
        err.flush();
        print(measure(box));
        return ExitCode.DONE.number();
    }

    private static String shown(Box box) {
        return box.host().memory().decimal() + " of memory";
    }

    private List<DemoRun.Measured> measure(Box box)
            throws IOException, InterruptedException, ServerException {
        Path results = Files.createTempDirectory("stoker-demo");
        List<DemoRun.Measured> measured = new ArrayList<>();
        try (Interrupts interrupts = new Interrupts();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Cancellation cancellation = interrupts.cancellation();
            List<Future<DemoRun.Measured>> runs = new ArrayList<>();
            for (DemoRun run : DemoRun.ALL) {
                runs.add(
                        threads.submit(
                                () -> run.run(box, speed, iterations, results, cancellation)));
            }
            for (Future<DemoRun.Measured> run : runs) {
                measured.add(run.get());
            }
            if (cancellation.isCancelled()) {
                throw new UserError(ExitCode.INTERRUPTED, "The demonstration was interrupted.", "");
            }
            return measured;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ServerException s -> throw s;
                case IOException io -> throw io;
                case UserError u -> throw u;
                case null, default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            delete(results);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void print(List<DemoRun.Measured> measured) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("SIMULATED (simulated time and memory; the story was measured on a real one)");
        out.println();
        out.printf(
                Locale.ROOT,
                "%-27s %-21s %-21s %s%n",
                "",
                "failed of 5",
                "total, min",
                "memory peak, GB");
        out.printf(
                Locale.ROOT,
                "%-27s %-10s%-11s %-10s%-11s %-10s%s%n",
                "configuration",
                "story",
                "simulated",
                "story",
                "simulated",
                "story",
                "simulated");
        for (int i = 0; i < measured.size(); i++) {
            DemoRun run = DemoRun.ALL.get(i);
            DemoRun.Measured m = measured.get(i);
            out.printf(
                    Locale.ROOT,
                    "%-27s %-10d%-11d %-10d%-11s %-10d%s%n",
                    run.label(),
                    run.told().failures(),
                    m.failed().size(),
                    run.told().minutes(),
                    minutes(m.time()),
                    run.told().peakGb(),
                    peak(m.peak()));
        }
        out.println();
        for (int i = 0; i < measured.size(); i++) {
            if (!measured.get(i).failed().isEmpty()) {
                out.println(
                        DemoRun.ALL.get(i).label()
                                + ": failed "
                                + String.join(", ", measured.get(i).failed()));
            }
        }
        out.println();
        out.println("On a real server the full management is the default:  stoker bench");
        out.println(
                "Without it:  stoker bench --unload never --restart never      Try it on a"
                        + " simulated box:  stoker sim --box thor");
        out.flush();
    }

    private static String minutes(Reading<Duration> time) {
        return time instanceof Reading.Known<Duration>(Duration d)
                ? String.format(Locale.ROOT, "%.1f", d.toMillis() / 60_000.0)
                : "–";
    }

    private static String peak(Reading<Bytes> peak) {
        return peak instanceof Reading.Known<Bytes>(Bytes bytes)
                ? String.format(Locale.ROOT, "%.0f", bytes.toGb())
                : "– (" + peak.reason() + ")";
    }
}
