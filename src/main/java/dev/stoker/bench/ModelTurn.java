package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchEvent.Phase;
import dev.stoker.host.MemoryExtremes;
import dev.stoker.host.MemorySampler;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.Ability;
import dev.stoker.server.LoadReport;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.UnloadReport;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One model's turn: restart if wanted, load, warm up, measure, unload, and see that the memory came
 * back. A failure is recovered from once; then the model has failed and the run goes on. Used by
 * one thread.
 */
final class ModelTurn {
    private static final Duration UNLOAD_LIMIT = Duration.ofSeconds(30);
    private static final Duration KEEP = Duration.ofMinutes(10);

    private final RunState run;
    private final PlannedModel planned;
    private final int index;
    private final Requests requests;
    private final Reading<Bytes> unknown = Reading.unsupported("not measured");
    private MemoryMark before = new MemoryMark(unknown, unknown, unknown, unknown, unknown);
    private MemoryMark loaded = before;

    ModelTurn(RunState run, PlannedModel planned, int index) {
        this.run = run;
        this.planned = planned;
        this.index = index;
        RunnerOptions options =
                new RunnerOptions(run.request().contextLength(), Optional.empty(), Map.of())
                        .keepAlive(KEEP);
        this.requests = new Requests(run, planned.model(), index, options);
    }

    /** What became of a turn. */
    enum End {
        PASSED,
        FAILED,
        /** The user stopped the run; the model has no end in the journal. */
        STOPPED,
        /** The server is gone for good; the model has no end in the journal. */
        SERVER_GONE
    }

    String name() {
        return planned.name();
    }

    /** Runs the whole turn alone; the model does not stay in memory, whatever happens. */
    End run() throws InterruptedException {
        if (run.cancellation().isCancelled()) {
            return End.STOPPED;
        }
        boolean inOrder = false;
        try {
            End end = requests.areDone() ? ended(Optional.empty()) : measured();
            if (end != End.SERVER_GONE) {
                cleanUp();
            }
            inOrder = true;
            return end;
        } finally {
            if (!inOrder) {
                release();
            }
        }
    }

    private End measured() throws InterruptedException {
        try (MemorySampler watch = run.memory().watch()) {
            freshServer();
            markBefore();
            return attempts(watch);
        }
    }

    /** Marks the memory before the model is loaded. */
    void markBefore() {
        before = run.memory().mark(name());
        mark(Phase.BEFORE, before);
    }

    private void freshServer() throws InterruptedException {
        Optional<String> why =
                Planner.restartReason(
                        run.request(),
                        planned.model(),
                        planned.estimate(),
                        run.memory().available());
        if (why.isEmpty()) {
            return;
        }
        if (!run.recovery().canRestart()) {
            run.listener()
                    .warning(
                            "A restart before "
                                    + name()
                                    + " is wanted ("
                                    + why.get()
                                    + "), but not possible: "
                                    + run.context().control().means()
                                    + ".");
            return;
        }
        step("restarting the server");
        run.recovery().restart(name(), "before " + name() + ": " + why.get());
    }

    private End attempts(MemorySampler watch) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            run.write(new BenchEvent.ModelStarted(run.now(), name(), attempt));
            Optional<ServerFailure> failure = attempt(watch);
            if (run.cancellation().isCancelled()) {
                return End.STOPPED;
            }
            if (failure.isEmpty()) {
                return ended(requests.firstFailure());
            }
            step("recovering");
            Recovery.Advice advice = run.recovery().after(failure.get(), name());
            if (run.cancellation().isCancelled()) {
                return End.STOPPED;
            }
            if (advice == Recovery.Advice.SERVER_GONE) {
                return End.SERVER_GONE;
            }
            if (advice == Recovery.Advice.GIVE_UP || attempt == 2) {
                return ended(Optional.of(failure.get().sentence()));
            }
            run.listener().warning("Trying " + name() + " once more: " + failure.get().sentence());
        }
    }

    private Optional<ServerFailure> attempt(MemorySampler watch) {
        watch.follow(run.memory().process());
        Optional<ServerFailure> failure = load();
        if (failure.isEmpty()) {
            failure = requests.all(true);
        }
        markPeak(watch.mark());
        return failure;
    }

    /** Marks the extremes of memory during the measurement. */
    void markPeak(MemoryExtremes seen) {
        mark(
                Phase.PEAK,
                new MemoryMark(
                        seen.leastAvailable(),
                        seen.mostResident(),
                        seen.mostCgroup(),
                        loaded.modelTotal(),
                        loaded.modelOnGpu()));
    }

    /** Loads the model, cold where that is possible, and marks the memory then. */
    Optional<ServerFailure> load() {
        try {
            if (run.can(Ability.UNLOAD)
                    && run.request().unload() == BenchRequest.Unload.BETWEEN
                    && run.memory().loaded(name()).isPresent()) {
                step("unloading what is loaded");
                UnloadReport _ =
                        run.context().server().unload(name(), UNLOAD_LIMIT, run.cancellation());
            }
            if (run.can(Ability.LOAD)) {
                step("loading");
                boolean ghost = ServerMemory.onlyGhosts(run.context(), 1);
                LoadReport report =
                        run.context()
                                .server()
                                .load(
                                        name(),
                                        requests.options(),
                                        run.request().stall(),
                                        run.cancellation());
                run.write(
                        new BenchEvent.Loaded(
                                run.now(),
                                name(),
                                report.clientTime(),
                                report.serverTime(),
                                report.alreadyLoaded() && !ghost));
            }
            loaded = run.memory().mark(name());
            mark(Phase.LOADED, loaded);
            return Optional.empty();
        } catch (ServerException e) {
            return Optional.of(failed("load", e.failure()));
        }
    }

    private ServerFailure failed(String step, ServerFailure failure) {
        run.write(
                new BenchEvent.StepFailed(
                        run.now(), name(), step, failure.code(), failure.sentence()));
        return failure;
    }

    /**
     * Measures while other models are measured too; nothing is recovered from.
     *
     * @return whether the model passed; if not, its turn is still open
     */
    boolean measureBesideOthers() {
        run.write(new BenchEvent.ModelStarted(run.now(), name(), 1));
        if (requests.all(false).isPresent() || requests.firstFailure().isPresent()) {
            return false;
        }
        return ended(Optional.empty()) == End.PASSED;
    }

    /**
     * Takes the model out of memory and records what came back; never waits for more than a bound.
     */
    void cleanUp() throws InterruptedException {
        if (!run.can(Ability.UNLOAD) || run.request().unload() == BenchRequest.Unload.NEVER) {
            return;
        }
        step("unloading");
        Cancellation own = Cancellation.never();
        try {
            UnloadReport report = run.context().server().unload(name(), UNLOAD_LIMIT, own);
            Bytes size = taken();
            run.write(
                    new BenchEvent.Unloaded(
                            run.now(),
                            name(),
                            report.gone(),
                            report.time(),
                            run.memory().retainedSince(before, size, run.cancellation())));
        } catch (ServerException e) {
            ServerFailure _ = failed("unload", e.failure());
        }
        mark(Phase.AFTER, run.memory().mark(name()));
    }

    /**
     * Takes the model out of memory after something went wrong that can't be written down any more,
     * such as a full disk.
     */
    void release() {
        if (!run.can(Ability.UNLOAD) || run.request().unload() == BenchRequest.Unload.NEVER) {
            return;
        }
        try {
            UnloadReport report =
                    run.context().server().unload(name(), UNLOAD_LIMIT, Cancellation.never());
            if (!report.gone()) {
                run.listener().warning(name() + " is still in memory: it could not be unloaded.");
            }
        } catch (ServerException e) {
            run.listener().warning(name() + " could not be unloaded: " + e.failure().sentence());
        }
    }

    private Bytes taken() {
        if (loaded.serverResident() instanceof Reading.Known<Bytes>(Bytes l)
                && before.serverResident() instanceof Reading.Known<Bytes>(Bytes b)) {
            return l.minus(b).max(Bytes.ZERO);
        }
        return planned.estimate().map(MemoryEstimate::expected).orElse(Bytes.ZERO);
    }

    End ended(Optional<String> reason) {
        Outcome outcome = reason.isEmpty() ? Outcome.PASSED : Outcome.FAILED;
        run.write(new BenchEvent.ModelEnded(run.now(), name(), outcome, reason.orElse("")));
        return reason.isEmpty() ? End.PASSED : End.FAILED;
    }

    private void mark(Phase phase, MemoryMark mark) {
        run.write(new BenchEvent.MemoryMarked(run.now(), name(), phase, mark));
    }

    private void step(String what) {
        run.listener().step(index, run.total(), name(), what);
    }
}
