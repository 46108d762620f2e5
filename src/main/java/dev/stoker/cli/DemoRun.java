package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchContext;
import dev.stoker.bench.BenchEvent;
import dev.stoker.bench.BenchListener;
import dev.stoker.bench.BenchPlan;
import dev.stoker.bench.BenchReport;
import dev.stoker.bench.BenchRequest;
import dev.stoker.bench.BenchRunner;
import dev.stoker.bench.Journal;
import dev.stoker.bench.Planner;
import dev.stoker.bench.PromptSet;
import dev.stoker.bench.ReportBuilder;
import dev.stoker.bench.RunFolder;
import dev.stoker.bench.RunHeaders;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpExchange;
import dev.stoker.memory.FactsEstimator;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.sim.SimControl;
import dev.stoker.sim.SimHost;
import dev.stoker.sim.SimServer;
import dev.stoker.sim.engine.Faults;
import dev.stoker.sim.physics.Box;
import dev.stoker.suite.Task;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * One configuration of the story of the five models: the real benchmark against a simulated box of
 * its own. Used by one thread.
 *
 * @param label what is managed
 * @param unload whether each model is unloaded after its turn
 * @param restart whether the server is restarted before a large model and after a failure
 * @param told what the story tells of it
 */
record DemoRun(String label, boolean unload, boolean restart, Told told) {
    /**
     * The story's own order is not told; its 70B must come before the last one, as "later models
     * failed too".
     */
    static final List<String> MODELS =
            List.of("phi4:14b", "qwen2.5-coder:32b", "qwq:32b", "llama3.3:70b", "deepseek-r1:7b");

    static final List<DemoRun> ALL =
            List.of(
                    new DemoRun("no management", false, false, new Told(2, 25, 98)),
                    new DemoRun("unload only", true, false, new Told(1, 27, 76)),
                    new DemoRun("restart before large only", false, true, new Told(0, 28, 45)),
                    new DemoRun("full (default)", true, true, new Told(0, 30, 42)));

    private static final Duration STALL = Duration.ofSeconds(120);
    private static final long SEED = 42;

    /** What the story tells. */
    record Told(int failures, int minutes, int peakGb) {}

    /** What was measured, in simulated time. */
    record Measured(List<String> failed, Reading<Duration> time, Reading<Bytes> peak) {}

    /** Starts a box, runs the benchmark on it, and ends it. */
    Measured run(Box box, double speed, int iterations, Path results, Cancellation cancellation)
            throws IOException, ServerException, InterruptedException {
        try (SimServer sim = SimServer.start(box, 0, speed, new Faults())) {
            Endpoint endpoint = Endpoint.parse(sim.url());
            InferenceServer server = Discovery.open(endpoint, Clock.system(), ApiKey.none());
            HttpExchange exchange = new HttpExchange(endpoint, server.clock());
            BenchContext context =
                    new BenchContext(
                            server,
                            server.clock(),
                            new SimHost(exchange),
                            new SimControl(exchange),
                            new FactsEstimator(),
                            BenchContext.CachedShares.unknown("a simulated box keeps no log"),
                            StokerVersion.text());
            return measured(report(context, request(iterations), results, cancellation));
        }
    }

    private BenchRequest request(int iterations) {
        return new BenchRequest(
                MODELS,
                prompts(),
                iterations,
                OptionalLong.empty(),
                unload ? BenchRequest.Unload.BETWEEN : BenchRequest.Unload.NEVER,
                restart ? BenchRequest.Restart.LARGE : BenchRequest.Restart.NEVER,
                Bytes.gb(40),
                STALL,
                SEED,
                1);
    }

    private static List<Task> prompts() {
        return PromptSet.standard();
    }

    private BenchReport report(
            BenchContext context, BenchRequest request, Path results, Cancellation cancellation)
            throws ServerException, InterruptedException {
        BenchPlan plan = Planner.plan(context, request);
        RunFolder folder = RunFolder.create(results, RunHeaders.header(context, request, plan));
        try (Journal journal = Journal.open(folder)) {
            BenchRunner runner =
                    new BenchRunner(
                            context,
                            request,
                            plan,
                            restart,
                            journal,
                            BenchListener.silent(),
                            cancellation);
            runner.run();
        }
        return ReportBuilder.report(folder.read());
    }

    private static Measured measured(BenchReport report) {
        List<String> failed =
                report.models().stream()
                        .filter(m -> m.outcome() == BenchEvent.Outcome.FAILED)
                        .map(m -> m.name())
                        .toList();
        return new Measured(failed, report.time(), report.peakResident());
    }
}
