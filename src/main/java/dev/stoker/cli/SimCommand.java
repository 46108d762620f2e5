package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.sim.SimServer;
import dev.stoker.sim.engine.FaultKind;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.BoxFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * {@code stoker sim}: serves a simulated box until it is interrupted, and says plainly that it is
 * one. Used by one thread.
 */
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        description =
                "Serve a simulated box: the real protocols over simulated hardware, for trying"
                        + " things out.")
public final class SimCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--box",
            paramLabel = "NAME|FILE",
            description =
                    "A built-in box (see --list) or the path of a box file. Default:"
                            + " ${DEFAULT-VALUE}.",
            defaultValue = "thor")
    private String box = "thor";

    @Option(
            names = "--port",
            description =
                    "Port on the loopback address; 0 takes a free one. Default: ${DEFAULT-VALUE}.",
            defaultValue = "11434")
    private int port = 11434;

    @Option(
            names = "--speed",
            description = "Simulated seconds a second. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private double speed = 1;

    @Option(
            names = "--generation",
            paramLabel = "old|new",
            description = "Ollama before 0.30 or from 0.30 on. Default: the box's own.",
            defaultValue = "")
    private String generation = "";

    @Option(
            names = "--fault",
            paramLabel = "NAME[=KEY:VALUE,…]",
            description = "Switch a fault on; may be repeated. See --list.")
    private List<String> faults = List.of();

    @Option(
            names = "--cause",
            paramLabel = "CAUSE",
            description =
                    "Models get slower when they are loaded again, for this cause. See --list.",
            defaultValue = "")
    private String cause = "";

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Another amount of host memory, such as 256GB: what would be different?",
            defaultValue = "")
    private String memory = "";

    @Option(names = "--list", description = "List the boxes and the faults, and end.")
    private boolean list;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            list(out);
            return ExitCode.DONE.number();
        }
        Faults chosen = new Faults();
        faults.forEach(chosen::parse);
        if (!cause.isEmpty()) {
            chosen.set("degrade", true, Map.of("cause", cause));
        }
        Box read = box();
        if (!(speed > 0) || speed > 1e6) {
            throw UserError.wrongUse("The speed must be above 0 and at most 1000000.", "");
        }
        if (port < 0 || port > 65535) {
            throw UserError.wrongUse("The port must be from 0 to 65535.", "");
        }
        CountDownLatch end = new CountDownLatch(1);
        try (SimServer server = SimServer.start(read, port, speed, chosen)) {
            Thread stop = new Thread(end::countDown, "sim-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            announce(out, server, read);
            end.await();
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.SERVER_FAILED,
                    "The simulated box can't listen on port " + port + ": " + e.getMessage() + ".",
                    "Choose another one with --port, or --port 0 for any free one.",
                    e);
        }
        return ExitCode.DONE.number();
    }

    private Box box() {
        Box read = BoxFile.load(box);
        if (!generation.isEmpty()) {
            if (!List.of("old", "new").contains(generation)) {
                throw UserError.wrongUse(
                        "The generation is 'old' or 'new', not '" + generation + "'.", "");
            }
            read = read.withGeneration(generation);
        }
        return memory.isEmpty() ? read : read.withMemory(Bytes.parse(memory));
    }

    private void announce(PrintWriter out, SimServer server, Box read) {
        out.printf(
                Locale.ROOT,
                "SIMULATED %s at %s, speed %s (%s). Nothing here is real hardware; Ctrl-C ends"
                        + " it.%n",
                read.name(),
                server.url(),
                shown(speed),
                read.title());
        out.println("Try:  stoker bench --server " + server.url());
        out.println("      curl " + server.url() + "/sim/state");
        out.flush();
    }

    private static String shown(double number) {
        return number == Math.rint(number)
                ? String.format(Locale.ROOT, "%.0f", number)
                : String.format(Locale.ROOT, "%s", number);
    }

    private static void list(PrintWriter out) {
        out.println("Boxes:");
        for (String name : BoxFile.builtIn()) {
            out.printf(Locale.ROOT, "  %-9s %s%n", name, BoxFile.load(name).title());
        }
        out.println(
                "Faults (--fault, or POST /sim/faults {\"name\":…,\"on\":true,\"params\":{…}}):");
        for (FaultKind kind : FaultKind.values()) {
            out.printf(
                    Locale.ROOT,
                    "  %-16s %s%n",
                    kind.label(),
                    kind.parameters().isEmpty() ? "" : kind.parameters().toString());
        }
        out.println("Causes of degrade (--cause): " + String.join(", ", Faults.causes()));
        out.flush();
    }
}
