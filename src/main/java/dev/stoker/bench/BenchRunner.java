package dev.stoker.bench;

import dev.stoker.base.Cancellation;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.ModelTurn.End;
import dev.stoker.load.Nonces;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ServerException;
import dev.stoker.suite.ServerMeans;
import dev.stoker.suite.check.Means;
import dev.stoker.suite.code.Sandbox;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Runs a benchmark by its plan and writes everything that happens to the journal; the report is
 * made from there. Models with an end in the journal are not run again. Used by one thread.
 */
public final class BenchRunner {
    private static final Duration UNLOAD_LIMIT = Duration.ofSeconds(30);

    private final RunState run;
    private final BenchPlan plan;

    /**
     * @param mayRestart whether the user agreed to restarts
     */
    public BenchRunner(
            BenchContext context,
            BenchRequest request,
            BenchPlan plan,
            boolean mayRestart,
            Journal journal,
            BenchListener listener,
            Cancellation cancellation) {
        this.plan = plan;
        ServerMemory memory = new ServerMemory(context);
        Recovery recovery =
                new Recovery(context, request, mayRestart, journal, listener, memory, cancellation);
        this.run =
                new RunState(
                        context,
                        request,
                        journal,
                        listener,
                        memory,
                        recovery,
                        new Nonces(),
                        cancellation,
                        means(context, request, cancellation),
                        new Surroundings(context, memory),
                        plan.toRun().size());
    }

    private static Means means(
            BenchContext context, BenchRequest request, Cancellation cancellation) {
        Sandbox sandbox = new Sandbox(context.commands(), cancellation);
        return new ServerMeans(
                context.server(),
                (check, code) ->
                        request.checking().runCode()
                                ? sandbox.run(check, code)
                                : new Means.CodeRun.NotRun("running code needs --run-code"));
    }

    /** How a run ended. */
    public enum Ending {
        /** Every model had its turn. */
        COMPLETE,
        /** The user stopped it; it can be resumed. */
        INTERRUPTED,
        /** The server went away for good; it can be resumed when it is back. */
        SERVER_GONE
    }

    /** Runs what is still to be run. */
    public Ending run() throws InterruptedException {
        long start = run.context().clock().nanos();
        boolean resumed = !run.journal().events().isEmpty();
        run.write(new BenchEvent.RunStarted(run.now(), resumed));
        Ending ending;
        try (MemoryCourse _ = MemoryCourse.start(run)) {
            ending = models();
        }
        Duration time = Duration.ofNanos(run.context().clock().nanos() - start);
        run.write(new BenchEvent.RunEnded(run.now(), ending != Ending.COMPLETE, time));
        return ending;
    }

    private Ending models() throws InterruptedException {
        Set<String> ended = ended();
        for (PlannedModel model : plan.models()) {
            if (!model.isRun() && !ended.contains(model.name())) {
                run.write(
                        new BenchEvent.ModelEnded(
                                run.now(), model.name(), Outcome.SKIPPED, model.skip()));
            }
        }
        unloadOthers();
        List<PlannedModel> left =
                plan.toRun().stream().filter(m -> !ended.contains(m.name())).toList();
        int index = plan.toRun().size() - left.size();
        for (List<PlannedModel> group : SharedTurn.groups(run, left)) {
            if (run.cancellation().isCancelled()) {
                return Ending.INTERRUPTED;
            }
            Set<String> passed =
                    group.size() > 1 ? new SharedTurn(run, group, index).run() : Set.of();
            for (PlannedModel model : group) {
                index++;
                if (passed.contains(model.name())) {
                    continue;
                }
                End end = new ModelTurn(run, model, index).run();
                if (end == End.STOPPED) {
                    return Ending.INTERRUPTED;
                }
                if (end == End.SERVER_GONE) {
                    return Ending.SERVER_GONE;
                }
            }
        }
        return Ending.COMPLETE;
    }

    private Set<String> ended() {
        Set<String> ended = new HashSet<>();
        for (BenchEvent event : run.journal().events()) {
            if (event instanceof BenchEvent.ModelEnded e) {
                ended.add(e.model());
            }
        }
        return ended;
    }

    private void unloadOthers() {
        if (!plan.unloadFirst()) {
            return;
        }
        for (LoadedModel model : plan.loaded()) {
            try {
                if (!run.context()
                        .server()
                        .unload(model.name(), UNLOAD_LIMIT, run.cancellation())
                        .gone()) {
                    run.listener()
                            .warning(
                                    model.name()
                                            + " is still in memory: it could not be unloaded.");
                }
            } catch (ServerException e) {
                run.listener()
                        .warning(
                                model.name() + " could not be unloaded: " + e.failure().sentence());
            }
        }
    }
}
