package dev.stoker.bench;

import dev.stoker.server.ModelInfo;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.suite.Task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The requests of one model: a warm-up, then every prompt in every iteration that has no good
 * result in the journal yet. The same rule serves a second try and a resumed run. Used by one
 * thread.
 */
final class Requests {
    private static final Task WARM_UP = Task.prompt("warm-up", "Say hello.", 8);

    /** Stands for all iterations. */
    private static final int EVERY = -1;

    /** How often a request is sent again whose answer ended without a last word. */
    private static final int MORE_ANSWERS = 3;

    private final RunState run;
    private final String model;
    private final ModelInfo info;
    private final int index;
    private final RunnerOptions options;
    private final TaskRun tasks;
    private Optional<String> firstFailure = Optional.empty();

    Requests(RunState run, ModelInfo info, int index, RunnerOptions options) {
        this.run = run;
        this.model = info.name();
        this.info = info;
        this.tasks = new TaskRun(run, info, options);
        this.index = index;
        this.options = options;
    }

    RunnerOptions options() {
        return options;
    }

    /**
     * Returns the first failure that did not stop the model, such as a prompt that is too long for
     * it.
     */
    Optional<String> firstFailure() {
        return firstFailure;
    }

    private record Key(Task prompt, int iteration) {}

    /** Returns whether nothing is left to be measured alone. */
    boolean areDone() {
        return left(true).isEmpty();
    }

    /** Returns what has no good result yet; one that was measured in company is none alone. */
    private List<Key> left(boolean alone) {
        Set<Key> done = done(alone);
        List<Key> left = new ArrayList<>();
        for (int i = 1; i <= run.request().iterations(); i++) {
            for (Task prompt : run.request().prompts()) {
                Key key = new Key(prompt, i);
                if (!done.contains(key) && !done.contains(new Key(prompt, EVERY))) {
                    left.add(key);
                }
            }
        }
        return left;
    }

    private Set<Key> done(boolean alone) {
        Map<String, Task> prompts = new HashMap<>();
        run.request().prompts().forEach(p -> prompts.put(p.name(), p));
        Set<Key> done = new HashSet<>();
        for (BenchEvent event : run.journal().events()) {
            switch (event) {
                case BenchEvent.RequestEnded r
                        when r.model().equals(model)
                                && r.trace().isOk()
                                && (r.alone() || !alone)
                                && prompts.containsKey(r.prompt()) ->
                        done.add(new Key(prompts.get(r.prompt()), r.iteration()));
                case BenchEvent.Answered a
                        when a.model().equals(model)
                                && a.verdicts().stream().anyMatch(TaskRun::isOwnFault)
                                && prompts.containsKey(a.prompt()) ->
                        done.add(new Key(prompts.get(a.prompt()), a.iteration()));
                case BenchEvent.TaskSkipped s
                        when s.model().equals(model) && prompts.containsKey(s.task()) ->
                        done.add(new Key(prompts.get(s.task()), EVERY));
                default -> {}
            }
        }
        return done;
    }

    /** Notes what can not be asked of this model; it is not tried. */
    private void skipUnsuited() {
        for (Task task : run.request().prompts()) {
            Optional<String> why =
                    task.unsuited(info.capabilities(), run.context().server().abilities());
            if (why.isPresent() && left(false).stream().anyMatch(k -> k.prompt().equals(task))) {
                run.write(new BenchEvent.TaskSkipped(run.now(), model, task.name(), why.get()));
            }
        }
    }

    /**
     * Sends what is still to be sent.
     *
     * @param alone whether no other model is measured at the same time
     * @return the failure that ended the model's requests, if one did
     */
    Optional<ServerFailure> all(boolean alone) {
        skipUnsuited();
        List<Key> left = left(alone);
        if (left.isEmpty()) {
            return Optional.empty();
        }
        firstFailure = Optional.empty();
        Set<Task> refused = new HashSet<>();
        step("warming up");
        Optional<ServerFailure> failure = tasks.send(WARM_UP, 0, alone);
        if (failure.isPresent()) {
            return failure;
        }
        for (Key key : left) {
            Task prompt = key.prompt();
            if (refused.contains(prompt)) {
                continue;
            }
            step(prompt.name() + " " + key.iteration() + "/" + run.request().iterations());
            failure = sendUntilWhole(prompt, key.iteration(), alone);
            if (failure.isEmpty()) {
                continue;
            }
            if (!onlyThisRequest(failure.get())) {
                return failure;
            }
            refused.add(prompt);
            if (firstFailure.isEmpty()) {
                firstFailure =
                        Optional.of("prompt '" + prompt.name() + "': " + failure.get().sentence());
            }
        }
        return Optional.empty();
    }

    /**
     * A request that the server calls wrong says nothing about the other prompts, and would be
     * wrong again.
     */
    private static boolean onlyThisRequest(ServerFailure failure) {
        return failure instanceof ServerFailure.BadRequest;
    }

    /**
     * Ollama ends an answer without a last word when the model says one token thirty times in a
     * row, as small models do. That is the answer's fault, not the server's: another nonce mostly
     * leads to another answer.
     */
    private Optional<ServerFailure> sendUntilWhole(Task prompt, int iteration, boolean alone) {
        Optional<ServerFailure> failure = tasks.send(prompt, iteration, alone);
        for (int more = 0; more < MORE_ANSWERS && isUnfinishedAnswer(failure); more++) {
            failure = tasks.send(prompt, iteration, alone);
        }
        return failure;
    }

    private boolean isUnfinishedAnswer(Optional<ServerFailure> failure) {
        return failure.orElse(null) instanceof ServerFailure.StreamCut
                && run.context().server().identity().kind() == ServerKind.OLLAMA;
    }

    private void step(String what) {
        run.listener().step(index, run.total(), model, what);
    }
}
