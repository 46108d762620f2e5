package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.degrade.DegradeContext;
import dev.stoker.degrade.DegradeFolder;
import dev.stoker.degrade.DegradeHeader;
import dev.stoker.degrade.DegradeJournal;
import dev.stoker.degrade.DegradeReport;
import dev.stoker.degrade.DegradeRunner;
import dev.stoker.degrade.Design;
import dev.stoker.degrade.Hypothesis;
import dev.stoker.degrade.Plan;
import dev.stoker.degrade.Talk;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.ServerException;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.sim.SimServer;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.BoxFile;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The story of a Jetson on which models get slower when they are unloaded and loaded again: {@code
 * stoker degrade} finds it on a simulated box, names the cause, and tries what helps. Used by one
 * thread.
 */
final class ThorStory {
    private static final int CYCLES = 4;
    private static final int TOKENS = 64;
    private static final List<Told> TOLD =
            List.of(new Told("gpt-oss:20b", 37.00, 5.23), new Told("phi4:14b", 19.8, 10.6));

    private final PrintWriter out;
    private final PrintWriter err;
    private final double speed;

    ThorStory(PrintWriter out, PrintWriter err, double speed) {
        this.out = out;
        this.err = err;
        this.speed = speed;
    }

    /** What the story tells: decode rates in tokens a second. */
    private record Told(String model, double clean, double degraded) {}

    ExitCode play(String cause) throws IOException, ServerException, InterruptedException {
        Path results = Files.createTempDirectory("stoker-demo");
        try (Interrupts interrupts = new Interrupts()) {
            err.println("SIMULATION, no real server: " + BoxFile.load("thor").title() + ".");
            out.println("SIMULATED (simulated time; the story was measured on a real machine)");
            out.println();
            for (Told told : TOLD) {
                DegradeReport report =
                        measure(told.model(), cause, results, interrupts.cancellation());
                print(told, report);
            }
            out.println("On a real server:  stoker degrade MODEL --remedies");
            out.println("Other causes:      stoker demo thor --cause fragmentation");
            out.flush();
            return ExitCode.DONE;
        } finally {
            delete(results);
        }
    }

    private DegradeReport measure(
            String model, String cause, Path results, Cancellation cancellation)
            throws IOException, ServerException, InterruptedException {
        Faults faults = new Faults();
        faults.set("degrade", true, Map.of("cause", cause));
        faults.set("unsteady", true, Map.of("percent", "1"));
        err.printf(
                Locale.ROOT,
                "%s: measured, then reloaded %d times, at %.0f times the real speed …%n",
                model,
                CYCLES,
                speed);
        err.flush();
        try (SimServer sim = SimServer.start(BoxFile.load("thor"), 0, speed, faults);
                DegradeContext context =
                        SimulatedDegrade.of(
                                Discovery.open(
                                        Endpoint.parse(sim.url()),
                                        Clock.system(),
                                        ApiKey.none()))) {
            DegradeHeader header =
                    Plan.header(
                            context,
                            model,
                            new Plan.Wanted(CYCLES, TOKENS, Design.TOLERANCE, true));
            DegradeFolder folder = DegradeFolder.create(results, header);
            try (DegradeJournal journal = DegradeJournal.open(folder)) {
                new DegradeRunner(context, header, journal, Talk.silent(true), cancellation).run();
            }
            if (cancellation.isCancelled()) {
                throw new UserError(ExitCode.INTERRUPTED, "The demonstration was interrupted.", "");
            }
            return DegradeReport.of(folder.read());
        }
    }

    private void print(Told told, DegradeReport report) {
        out.printf(
                Locale.ROOT,
                "%-12s story %5.2f -> %5.2f tok/s    simulated %5.2f -> %5.2f tok/s%n",
                told.model(),
                told.clean(),
                told.degraded(),
                report.before(),
                report.last());
        out.println("  " + report.judgement().verdict().sentence());
        String causes =
                report.hypotheses().stream()
                        .filter(h -> h.fits() == Hypothesis.Fits.YES)
                        .map(h -> h.cause().code() + " (" + h.evidence() + ")")
                        .collect(Collectors.joining("; "));
        out.println("  cause: " + (causes.isEmpty() ? "none fits" : causes));
        for (DegradeReport.Tried t : report.remedies()) {
            out.println(
                    "  "
                            + t.remedy().code()
                            + ": "
                            + t.rates().stream()
                                    .map(Numbers::figure)
                                    .collect(Collectors.joining(", "))
                            + " tok/s"
                            + (t.restored() ? ", restored" : ""));
        }
        out.println();
        out.flush();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
