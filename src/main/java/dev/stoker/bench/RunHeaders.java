package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.ServerIdentity;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Makes the header of a new run, and reads the request of an old one. Stateless. */
public final class RunHeaders {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private RunHeaders() {}

    /** Returns the header of a run that starts now; its id sorts by time. */
    public static RunHeader header(BenchContext context, BenchRequest request, BenchPlan plan) {
        Instant now = context.clock().now();
        String id =
                ID.format(now) + "-%04x".formatted(ThreadLocalRandom.current().nextInt(1 << 16));
        ServerIdentity server = plan.server();
        List<RunHeader.Model> models =
                plan.models().stream()
                        .map(m ->
                                new RunHeader.Model(
                                        m.name(),
                                        m.model().quantization().orElse(""),
                                        bytes(m.model().fileSize()),
                                        bytes(m.estimate().map(MemoryEstimate::expected)),
                                        m.skip()))
                        .toList();
        return new RunHeader(
                id,
                now.toEpochMilli(),
                context.stokerVersion(),
                server.kind().code(),
                server.title(),
                server.version().orElse(""),
                server.endpoint().url(),
                server.simulated().map(ServerIdentity.SimulatedBox::box),
                server.simulated().map(ServerIdentity.SimulatedBox::speed).orElse(1.0),
                request,
                models);
    }

    private static long bytes(Reading<Bytes> reading) {
        return reading.map(Bytes::count).orElse(-1L);
    }

    /**
     * Returns the request of a run as it has to be given to go on with it: the models whose turn is
     * not over, in its order.
     */
    public static BenchRequest request(RunFolder.Contents run) {
        BenchRequest r = run.header().request();
        return new BenchRequest(
                ReportBuilder.report(run).pending(),
                r.prompts(),
                r.iterations(),
                r.contextLength(),
                r.unload(),
                r.restart(),
                r.restartAbove(),
                r.stall(),
                r.seed(),
                r.parallelSmall(),
                r.checking());
    }

    /**
     * Refuses to mix the figures of two kinds of server, or of real and simulated ones, in one run.
     */
    public static void requireSameServer(RunHeader header, ServerIdentity now) {
        String box = now.simulated().map(ServerIdentity.SimulatedBox::box).orElse("");
        if (!header.serverKind().equals(now.kind().code())
                || !header.simulatedBox().orElse("").equals(box)
                || !header.serverVersion().equals(now.version().orElse(""))) {
            throw new UserError(
                    ExitCode.REFUSED,
                    "The run was made on "
                            + header.serverTitle()
                            + ", but "
                            + now.title()
                            + " answers now: their figures do not belong into one run.",
                    "Start a new run without --resume.");
        }
    }
}
