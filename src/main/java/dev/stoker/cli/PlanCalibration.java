package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.UserError;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.calibrate.Calibrator;
import dev.stoker.plan.calibrate.HostOverheads;
import dev.stoker.plan.calibrate.Measured;
import dev.stoker.plan.exact.LlamaBinary;
import dev.stoker.plan.source.ModelFinder;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code plan --calibrate}: says what it will start, gets a yes, measures, keeps it. */
final class PlanCalibration {
    private final PrintWriter err;
    private final boolean quiet;
    private final Map<String, String> env;

    PlanCalibration(PrintWriter err, boolean quiet, Map<String, String> env) {
        this.err = err;
        this.quiet = quiet;
        this.env = env;
    }

    /**
     * @throws UserError without a yes, without a file on this host, or where the start fails
     */
    void run(List<ModelFinder.Found> models, LlamaBinary program, boolean yes, boolean noColor) {
        ModelDescription model = models.getFirst().model();
        Path file = file(model);
        Terminal terminal = Terminal.detect(env, noColor);
        if (!quiet || !yes) {
            err.println(
                    "To calibrate, this is started on this host and ended again when it has"
                            + " loaded (its memory is needed for that time):");
            err.println(
                    "  " + program.program() + " " + String.join(" ", Calibrator.arguments(file)));
            err.flush();
        }
        if (!yes) {
            new Consent(terminal, System.in, err, quiet).toGoOn("Start it?");
        }
        Measured measured = new Calibrator(program, Clock.system()).measure(file, model);
        Path kept = HostOverheads.keep(ResultsFolder.data(env), measured);
        if (!quiet) {
            err.println(
                    "Measured: "
                            + measured.host().binary()
                            + " for the process"
                            + measured.devices().entrySet().stream()
                                    .map(e -> shown(e.getKey().name(), e.getValue()))
                                    .collect(Collectors.joining())
                            + " beyond its buffers. Kept in "
                            + kept
                            + " and used from now on; delete the file to plan with usual values"
                            + " again.");
            err.println();
            err.flush();
        }
    }

    private static String shown(String kind, Bytes bytes) {
        return ", " + bytes.binary() + " on a " + kind + " device";
    }

    private static Path file(ModelDescription model) {
        Path file = Path.of(model.origin());
        if (!Files.isRegularFile(file)) {
            throw UserError.wrongUse(
                    "--calibrate starts a server with the model, and "
                            + model.origin()
                            + " is no file of this host.",
                    "Name a .gguf file.");
        }
        return file;
    }
}
