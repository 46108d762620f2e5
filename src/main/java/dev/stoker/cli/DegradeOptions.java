package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.degrade.DegradeContext;
import dev.stoker.degrade.DegradeHeader;
import dev.stoker.degrade.Design;
import dev.stoker.degrade.Plan;
import dev.stoker.degrade.Remedy;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What {@code degrade} is asked to do. Filled by picocli. */
final class DegradeOptions {
    @Option(
            names = "--cycles",
            paramLabel = "N",
            description = "Reloads to measure. Default: ${DEFAULT-VALUE}.",
            defaultValue = "5")
    int cycles = Design.CYCLES;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens of each answer. Default: ${DEFAULT-VALUE}.",
            defaultValue = "128")
    int tokens = 128;

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            description = "A smaller drop is none. Default: ${DEFAULT-VALUE}.",
            defaultValue = "5")
    double tolerance = Design.TOLERANCE;

    @Option(
            names = "--remedies",
            description = {
                "After a drop, try what may help, the mildest first: drop-caches, compact, respawn,"
                        + " restart, recreate. Each is asked for, and measured."
            })
    boolean remedies;

    @Option(
            names = {"-y", "--yes"},
            description = "Agree to the reloads, and to every remedy, without being asked.")
    boolean yes;

    @Option(
            names = "--yes-to",
            paramLabel = "REMEDY",
            split = ",",
            description = "Agree to these remedies alone, without being asked.")
    List<String> yesTo = List.of();

    @Option(
            names = "--restart-command",
            paramLabel = "COMMAND",
            description = "How to restart the server. Default: found by itself (systemd, docker).")
    @Nullable String restartCommand;

    @Option(
            names = "--recreate-command",
            paramLabel = "COMMAND",
            description = "How to make the server's container anew.")
    @Nullable String recreateCommand;

    @Option(
            names = "--results",
            paramLabel = "DIR",
            description = {
                "Where runs are kept. Default: RESULTS_DIR, else stoker/runs in the XDG data home."
            })
    @Nullable Path results;

    DegradeParts.Commands commands() {
        return new DegradeParts.Commands(
                Optional.ofNullable(restartCommand), Optional.ofNullable(recreateCommand));
    }

    /** Returns the remedies that were agreed to by flag. */
    Set<Remedy> agreed() {
        Set<Remedy> agreed = EnumSet.noneOf(Remedy.class);
        for (String code : yesTo) {
            agreed.add(
                    Remedy.of(code.strip())
                            .filter(r -> r != Remedy.REBOOT)
                            .orElseThrow(() ->
                                    UserError.wrongUse(
                                            "There is no remedy '" + code + "'.",
                                            "Remedies: drop-caches, compact, respawn, restart,"
                                                    + " recreate.")));
        }
        return yes && yesTo.isEmpty() ? EnumSet.allOf(Remedy.class) : agreed;
    }

    /** Returns the header of a new run. */
    DegradeHeader header(DegradeContext context, String model) {
        if (cycles < 1 || cycles > Design.MOST_CYCLES) {
            throw UserError.wrongUse(
                    "--cycles is from 1 to " + Design.MOST_CYCLES + ", not " + cycles + ".", "");
        }
        if (tokens < 16 || tokens > 10_000) {
            throw UserError.wrongUse("--tokens is from 16 to 10000, not " + tokens + ".", "");
        }
        if (!(tolerance >= 0) || tolerance > 90) {
            throw UserError.wrongUse("--tolerance is from 0 to 90 percent.", "");
        }
        agreed();
        return Plan.header(context, model, new Plan.Wanted(cycles, tokens, tolerance, remedies));
    }
}
