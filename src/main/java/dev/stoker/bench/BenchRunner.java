package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.ModelTurn.End;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ServerException;

import java.time.Duration;
import java.util.ArrayList;
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
                        plan.toRun().size());
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
        Ending ending = models();
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
        for (List<PlannedModel> group : groups(left)) {
            if (run.cancellation().isCancelled()) {
                return Ending.INTERRUPTED;
            }
            Set<String> passed = group.size() > 1 ? together(group, index) : Set.of();
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

    /**
     * Splits the models into groups that are measured together: neighbours in the order that fit
     * into 70 % of the free memory with their high estimates, at most as many as asked for. Without
     * that wish each is a group.
     */
    private List<List<PlannedModel>> groups(List<PlannedModel> models) {
        List<List<PlannedModel>> groups = new ArrayList<>();
        Reading<Bytes> available = run.memory().available();
        long budget = (long) (available.orElse(Bytes.ZERO).count() * 0.7);
        List<PlannedModel> group = new ArrayList<>();
        long taken = 0;
        for (PlannedModel model : models) {
            long need =
                    model.estimate()
                            .map(MemoryEstimate::high)
                            .orElse(Bytes.of(Long.MAX_VALUE / 4))
                            .count();
            boolean fits = group.size() < run.request().parallelSmall() && taken + need <= budget;
            if (!group.isEmpty() && !(fits && model.restart().isEmpty())) {
                groups.add(List.copyOf(group));
                group.clear();
                taken = 0;
            }
            group.add(model);
            taken += need;
        }
        if (!group.isEmpty()) {
            groups.add(List.copyOf(group));
        }
        return groups;
    }

    /**
     * Loads a group one after the other and measures all of it at once.
     *
     * @return the models that passed; the others are to be run alone
     */
    private Set<String> together(List<PlannedModel> group, int index) throws InterruptedException {
        List<ModelTurn> turns = new ArrayList<>();
        Set<String> passed = new HashSet<>();
        for (PlannedModel model : group) {
            ModelTurn turn = new ModelTurn(run, model, index + turns.size() + 1);
            turns.add(turn);
            if (run.cancellation().isCancelled() || turn.load().isPresent()) {
                unloadAll(turns);
                return passed;
            }
        }
        if (!allResident(group)) {
            run.listener()
                    .warning(
                            "The server does not keep "
                                    + group.size()
                                    + " models in memory at once; they are measured one after the"
                                    + " other.");
            unloadAll(turns);
            return passed;
        }
        List<Thread> threads = new ArrayList<>();
        for (ModelTurn turn : turns) {
            threads.add(Thread.ofVirtual().start(() -> measure(turn, passed)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        unloadAll(turns);
        return passed;
    }

    private static void measure(ModelTurn turn, Set<String> passed) {
        if (turn.measureBesideOthers()) {
            synchronized (passed) {
                passed.add(turn.name());
            }
        }
    }

    private boolean allResident(List<PlannedModel> group) {
        for (PlannedModel model : group) {
            try {
                if (run.memory().loaded(model.name()).isEmpty()) {
                    return false;
                }
            } catch (ServerException e) {
                return false;
            }
        }
        return true;
    }

    private static void unloadAll(List<ModelTurn> turns) throws InterruptedException {
        for (ModelTurn turn : turns) {
            turn.cleanUp();
        }
    }
}
