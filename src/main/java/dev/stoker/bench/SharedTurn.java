package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.host.MemoryExtremes;
import dev.stoker.host.MemorySampler;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.server.ServerException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The turn of several small models at once: loaded one after the other, measured all together,
 * unloaded in reverse. Nothing is recovered from here: who fails in company has a turn alone
 * afterwards. Used by one thread; each model is measured by one of its own.
 */
final class SharedTurn {
    /** The part of the free memory that a group may take with its high estimates. */
    private static final double ROOM = 0.7;

    private final RunState run;
    private final List<ModelTurn> turns = new ArrayList<>();
    private final List<ModelTurn> touched = new ArrayList<>();

    /**
     * @param index how many models had their turn before
     */
    SharedTurn(RunState run, List<PlannedModel> models, int index) {
        this.run = run;
        for (PlannedModel model : models) {
            turns.add(new ModelTurn(run, model, index + turns.size() + 1));
        }
    }

    /**
     * Splits the models into groups that are measured together: neighbours in the order that fit
     * into the memory with room to spare and want no restart, at most as many as asked for. Without
     * that wish each is a group.
     */
    static List<List<PlannedModel>> groups(RunState run, List<PlannedModel> models) {
        if (run.request().parallelSmall() < 2) {
            return models.stream().map(List::of).toList();
        }
        long budget = (long) (run.memory().available().orElse(Bytes.ZERO).count() * ROOM);
        List<List<PlannedModel>> groups = new ArrayList<>();
        List<PlannedModel> group = new ArrayList<>();
        long left = budget;
        for (PlannedModel model : models) {
            boolean small =
                    model.restart().isEmpty()
                            && model.estimate()
                                    instanceof Reading.Known<MemoryEstimate>(MemoryEstimate e)
                            && e.high().count() <= budget;
            long need = small ? model.estimate().value().high().count() : 0;
            if (!small || need > left || group.size() == run.request().parallelSmall()) {
                close(group, groups);
                left = budget;
            }
            group.add(model);
            left -= need;
            if (!small) {
                close(group, groups);
            }
        }
        close(group, groups);
        return groups;
    }

    private static void close(List<PlannedModel> group, List<List<PlannedModel>> groups) {
        if (!group.isEmpty()) {
            groups.add(List.copyOf(group));
            group.clear();
        }
    }

    /**
     * Runs the turn; no model of it stays in memory, whatever happens.
     *
     * @return the models that passed; the others are to be run alone
     */
    Set<String> run() throws InterruptedException {
        boolean inOrder = false;
        try (MemorySampler watch = run.memory().watch()) {
            Set<String> passed = allLoaded() ? measured() : Set.of();
            MemoryExtremes seen = watch.mark();
            for (ModelTurn turn : touched.reversed()) {
                turn.markPeak(seen);
                turn.cleanUp();
            }
            inOrder = true;
            return passed;
        } finally {
            if (!inOrder) {
                touched.reversed().forEach(ModelTurn::release);
            }
        }
    }

    private boolean allLoaded() {
        for (ModelTurn turn : turns) {
            if (run.cancellation().isCancelled()) {
                return false;
            }
            touched.add(turn);
            turn.markBefore();
            if (turn.load().isPresent()) {
                return false;
            }
        }
        for (ModelTurn turn : turns) {
            if (!isResident(turn.name())) {
                run.listener()
                        .warning(
                                "The server does not keep "
                                        + turns.size()
                                        + " models in memory at once; they are measured one after"
                                        + " the other.");
                return false;
            }
        }
        return true;
    }

    private boolean isResident(String model) {
        try {
            return run.memory().loaded(model).isPresent();
        } catch (ServerException e) {
            return false;
        }
    }

    private Set<String> measured() throws InterruptedException {
        Set<String> passed = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> ends = new ArrayList<>();
            for (ModelTurn turn : turns) {
                ends.add(threads.submit(turn::measureBesideOthers));
            }
            for (int i = 0; i < ends.size(); i++) {
                if (ends.get(i).get()) {
                    passed.add(turns.get(i).name());
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a measurement broke", e);
        }
        return passed;
    }
}
