package dev.stoker.degrade;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerIdentity;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a run will do, told before it does anything. Immutable.
 *
 * @param lines for a person
 * @param needsConsent whether it unloads what somebody has loaded, or restarts the server
 */
public record Plan(List<String> lines, boolean needsConsent) {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    public Plan {
        lines = List.copyOf(lines);
    }

    /** What the user wants of a run. */
    public record Wanted(int cycles, int tokens, double tolerancePercent, boolean remedies) {}

    /**
     * Looks at the server, and changes nothing.
     *
     * @throws UserError if it can't be done on this server
     */
    public static Plan of(DegradeContext context, DegradeHeader header) throws ServerException {
        Reloader.require(context);
        requireModel(context, header.model());
        List<String> loaded = context.server().loaded().stream().map(LoadedModel::name).toList();
        boolean unloads = Reloader.unloads(context);
        List<String> lines = new ArrayList<>();
        lines.add(
                (header.box().isEmpty() ? "" : "SIMULATED: ")
                        + Text.plain(header.model(), 200)
                        + " on "
                        + Text.plain(header.serverTitle(), 200)
                        + ", "
                        + header.cycles()
                        + " cycles of "
                        + Reloader.means(context)
                        + ", "
                        + Design.steps(header.cycles()).size()
                        + " measurements of "
                        + header.tokens()
                        + " tokens.");
        if (!loaded.isEmpty()) {
            lines.add("In memory now: " + Text.plain(String.join(", ", loaded), 500) + ".");
        }
        if (header.remedies()) {
            lines.add("If it gets slower, one after the other and each after a yes:");
            Ladder.shown(context.hands()).forEach(l -> lines.add("  " + Text.plain(l, 500)));
        }
        return new Plan(lines, !loaded.isEmpty() || !unloads);
    }

    private static void requireModel(DegradeContext context, String model) throws ServerException {
        List<String> names = context.server().models().stream().map(ModelInfo::name).toList();
        if (!names.isEmpty() && names.stream().noneMatch(n -> Reloader.same(n, model))) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The server has no model '" + Text.plain(model, 200) + "'.",
                    "It has: " + Text.plain(String.join(", ", names), 1000));
        }
    }

    /** Returns the header of a run that starts now; its id sorts by time. */
    public static DegradeHeader header(DegradeContext context, String model, Wanted wanted) {
        Instant now = context.clock().now();
        ServerIdentity server = context.server().identity();
        return new DegradeHeader(
                ID.format(now) + "-%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16)),
                now.toEpochMilli(),
                context.stokerVersion(),
                server.kind().code(),
                server.title(),
                server.endpoint().url(),
                server.simulated().map(ServerIdentity.SimulatedBox::box).orElse(""),
                server.simulated().map(ServerIdentity.SimulatedBox::speed).orElse(1.0),
                model,
                wanted.cycles(),
                wanted.tokens(),
                wanted.tolerancePercent(),
                wanted.remedies());
    }

    /**
     * Returns the header to go on with.
     *
     * @throws UserError if another kind of server answers now
     */
    public static DegradeHeader resumed(
            DegradeHeader header, DegradeContext context, boolean remedies) {
        ServerIdentity now = context.server().identity();
        String box = now.simulated().map(ServerIdentity.SimulatedBox::box).orElse("");
        if (!header.serverTitle().equals(now.title()) || !header.box().equals(box)) {
            throw new UserError(
                    ExitCode.REFUSED,
                    "The run was made on "
                            + header.serverTitle()
                            + ", but "
                            + now.title()
                            + " answers now: their figures do not belong into one run.",
                    "Start a new run without --resume.");
        }
        return header.withRemedies(remedies);
    }

    /** Returns whether nothing is left to be done for a run. */
    public static boolean isDone(DegradeFolder.Contents contents, boolean remedies) {
        DegradeReport report = DegradeReport.of(contents);
        boolean cycled =
                Design.next(contents.header().cycles(), Design.cycles(contents.events())).isEmpty();
        boolean more =
                (remedies || (contents.header().remedies() && !report.complete()))
                        && report.judgement().verdict() instanceof Verdict.Degraded
                        && report.restoredBy().isEmpty();
        return cycled && !more;
    }
}
