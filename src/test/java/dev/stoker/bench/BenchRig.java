package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.memory.MemoryEstimator;
import dev.stoker.server.ServerException;
import dev.stoker.suite.Task;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** A fake server with everything around it, and a way to run a benchmark on it. */
final class BenchRig {
    static final List<Task> PROMPTS =
            List.of(Task.prompt("short", "short", 5), Task.prompt("long", "long", 11));

    /** A model takes its file's size, and a tenth more to be safe. */
    static final MemoryEstimator ESTIMATOR =
            (facts, context) ->
                    facts.fileSize()
                            .map(b -> new MemoryEstimate(b, b, high(b), high(b), List.of()));

    private static Bytes high(Bytes b) {
        return Bytes.of(b.count() * 11 / 10);
    }

    final FakeClock clock = new FakeClock();
    final FakeServer server = new FakeServer(clock);
    final FakeHost host = new FakeHost(server);
    final FakeControl control = new FakeControl(server, clock);
    final Cancellation cancellation = new Cancellation();
    final List<String> warnings = new ArrayList<>();
    final Path results;
    BenchRequest request =
            new BenchRequest(
                    List.of(),
                    PROMPTS,
                    2,
                    OptionalLong.empty(),
                    BenchRequest.Unload.BETWEEN,
                    BenchRequest.Restart.LARGE,
                    Bytes.gb(40),
                    Duration.ofSeconds(120),
                    42,
                    1);
    boolean mayRestart = true;
    BenchContext.CachedShares cached = BenchContext.CachedShares.unknown("the log is not read");

    BenchRig(Path results) {
        this.results = results;
    }

    /** What came of a run. */
    record Ran(BenchRunner.Ending ending, RunFolder folder, BenchReport report) {
        ModelResult model(String name) {
            return report.models().stream()
                    .filter(m -> m.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        <E extends BenchEvent> List<E> events(Class<E> type) {
            return folder.read().events().stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }
    }

    BenchContext context() {
        return new BenchContext(server, clock, host, control, ESTIMATOR, cached, "0.1.0-test");
    }

    BenchPlan plan() throws ServerException {
        return Planner.plan(context(), request);
    }

    BenchRig asked(UnaryOperator<BenchRequest> change) {
        request = change.apply(request);
        return this;
    }

    static BenchRequest with(BenchRequest r, BenchRequest.Unload unload) {
        return copy(r, r.models(), unload, r.restart(), r.parallelSmall());
    }

    static BenchRequest with(BenchRequest r, BenchRequest.Restart restart) {
        return copy(r, r.models(), r.unload(), restart, r.parallelSmall());
    }

    static BenchRequest named(BenchRequest r, String... models) {
        return copy(r, List.of(models), r.unload(), r.restart(), r.parallelSmall());
    }

    static BenchRequest parallel(BenchRequest r, int n) {
        return copy(r, r.models(), r.unload(), r.restart(), n);
    }

    private static BenchRequest copy(
            BenchRequest r,
            List<String> models,
            BenchRequest.Unload unload,
            BenchRequest.Restart restart,
            int parallel) {
        return new BenchRequest(
                models,
                r.prompts(),
                r.iterations(),
                r.contextLength(),
                unload,
                restart,
                r.restartAbove(),
                r.stall(),
                r.seed(),
                parallel);
    }

    Ran run() throws ServerException, InterruptedException {
        BenchPlan plan = plan();
        RunFolder folder = RunFolder.create(results, RunHeaders.header(context(), request, plan));
        return run(folder, plan);
    }

    Ran resume(RunFolder folder) throws ServerException, InterruptedException {
        request = RunHeaders.request(folder.read());
        return run(folder, plan());
    }

    private Ran run(RunFolder folder, BenchPlan plan) throws InterruptedException {
        BenchRunner.Ending ending;
        try (Journal journal = Journal.open(folder)) {
            ending = runner(plan, journal).run();
        }
        return new Ran(ending, folder, ReportBuilder.report(folder.read()));
    }

    BenchRunner runner(BenchPlan plan, Journal journal) {
        return new BenchRunner(
                context(), request, plan, mayRestart, journal, listener(), cancellation);
    }

    private BenchListener listener() {
        return new BenchListener() {
            @Override
            public void step(int index, int total, String model, String step) {}

            @Override
            public void chunks(String model, int count) {}

            @Override
            public void event(BenchEvent event) {}

            @Override
            public void warning(String sentence) {
                synchronized (warnings) {
                    warnings.add(sentence);
                }
            }
        };
    }

    static <T> Reading<T> unknown() {
        return Reading.unsupported("not told");
    }
}
