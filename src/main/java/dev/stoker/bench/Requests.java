package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.load.TraceRecorder;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamEvent;
import dev.stoker.trace.RequestTrace;

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
    private static final BenchPrompt WARM_UP = new BenchPrompt("warm-up", "Say hello.", 8);

    /** How often a request is sent again whose answer ended without a last word. */
    private static final int MORE_ANSWERS = 3;

    private final RunState run;
    private final String model;
    private final int index;
    private final RunnerOptions options;
    private Optional<String> firstFailure = Optional.empty();
    private boolean warnedOfCache;

    Requests(RunState run, String model, int index, RunnerOptions options) {
        this.run = run;
        this.model = model;
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

    private record Key(BenchPrompt prompt, int iteration) {}

    /** Returns whether nothing is left to be measured alone. */
    boolean areDone() {
        return left(true).isEmpty();
    }

    /** Returns what has no good result yet; one that was measured in company is none alone. */
    private List<Key> left(boolean alone) {
        Set<Key> done = done(alone);
        List<Key> left = new ArrayList<>();
        for (int i = 1; i <= run.request().iterations(); i++) {
            for (BenchPrompt prompt : run.request().prompts()) {
                Key key = new Key(prompt, i);
                if (!done.contains(key)) {
                    left.add(key);
                }
            }
        }
        return left;
    }

    private Set<Key> done(boolean alone) {
        Map<String, BenchPrompt> prompts = new HashMap<>();
        run.request().prompts().forEach(p -> prompts.put(p.name(), p));
        Set<Key> done = new HashSet<>();
        for (BenchEvent event : run.journal().events()) {
            if (event instanceof BenchEvent.RequestEnded r
                    && r.model().equals(model)
                    && r.trace().isOk()
                    && (r.alone() || !alone)
                    && prompts.containsKey(r.prompt())) {
                done.add(new Key(prompts.get(r.prompt()), r.iteration()));
            }
        }
        return done;
    }

    /**
     * Sends what is still to be sent.
     *
     * @param alone whether no other model is measured at the same time
     * @return the failure that ended the model's requests, if one did
     */
    Optional<ServerFailure> all(boolean alone) {
        List<Key> left = left(alone);
        if (left.isEmpty()) {
            return Optional.empty();
        }
        firstFailure = Optional.empty();
        Set<BenchPrompt> refused = new HashSet<>();
        step("warming up");
        Optional<ServerFailure> failure = send(WARM_UP, 0, alone);
        if (failure.isPresent()) {
            return failure;
        }
        for (Key key : left) {
            BenchPrompt prompt = key.prompt();
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
    private Optional<ServerFailure> sendUntilWhole(
            BenchPrompt prompt, int iteration, boolean alone) {
        Optional<ServerFailure> failure = send(prompt, iteration, alone);
        for (int more = 0; more < MORE_ANSWERS && isUnfinishedAnswer(failure); more++) {
            failure = send(prompt, iteration, alone);
        }
        return failure;
    }

    private boolean isUnfinishedAnswer(Optional<ServerFailure> failure) {
        return failure.orElse(null) instanceof ServerFailure.StreamCut
                && run.context().server().identity().kind() == ServerKind.OLLAMA;
    }

    private Optional<ServerFailure> send(BenchPrompt prompt, int iteration, boolean alone) {
        if (run.cancellation().isCancelled()) {
            return Optional.of(new ServerFailure.Cancelled());
        }
        GenerationRequest request =
                GenerationRequest.chat(model, prompt.text())
                        .maxTokens(prompt.maxTokens())
                        .nonce(run.nonces().next())
                        .deterministic(run.request().seed())
                        .runner(options)
                        .stall(run.request().stall());
        long mark = run.context().cached().mark();
        TraceRecorder recorder = new TraceRecorder(run.context().clock());
        run.context().server().stream(
                request,
                recorder,
                event -> {
                    recorder.on(event);
                    if (event instanceof StreamEvent.Token
                            || event instanceof StreamEvent.Reasoning) {
                        run.listener().chunks(model, recorder.chunkCount());
                    }
                },
                run.cancellation());
        if (recorder.failure().orElse(null) instanceof ServerFailure.Cancelled c) {
            return Optional.of(c);
        }
        RequestTrace trace = withCachedShare(recorder.trace(), mark, alone);
        run.write(
                new BenchEvent.RequestEnded(
                        run.now(), model, prompt.name(), iteration, alone, trace));
        warnOfCache(trace);
        return recorder.failure();
    }

    /**
     * Where the API is silent, the server's log tells the cached share: its one line of this
     * request.
     */
    private RequestTrace withCachedShare(RequestTrace trace, long mark, boolean alone) {
        if (trace.timings().cachedTokens().isKnown() || !trace.isOk()) {
            return trace;
        }
        Reading<List<Long>> log = run.context().cached().since(mark);
        if (!(log instanceof Reading.Known<List<Long>>(List<Long> counts))) {
            return with(trace, Reading.unsupported(log.reason()));
        }
        if (!alone || counts.size() != 1) {
            return with(
                    trace,
                    Reading.failed(
                            "the log shows "
                                    + counts.size()
                                    + " requests in the time of this one"));
        }
        return with(trace, Reading.known(counts.getFirst()));
    }

    private static RequestTrace with(RequestTrace t, Reading<Long> cached) {
        return new RequestTrace(
                t.intendedEpochMillis(),
                t.connectedNanos(),
                t.sentNanos(),
                t.headNanos(),
                t.chunkNanos(),
                t.firstAnswerNanos(),
                t.endNanos(),
                t.chars(),
                t.timings().withCachedTokens(cached),
                t.outcome());
    }

    private void warnOfCache(RequestTrace trace) {
        if (!warnedOfCache
                && trace.timings().cachedTokens() instanceof Reading.Known<Long>(Long cached)
                && trace.timings().promptTokens() instanceof Reading.Known<Long>(Long all)
                && cached > Math.max(48, all / 4)) {
            warnedOfCache = true;
            run.listener()
                    .warning(
                            "%d of %d prompt tokens of %s came from a cache in spite of a fresh nonce."
                                    .formatted(cached, all, model));
        }
    }

    private void step(String what) {
        run.listener().step(index, run.total(), model, what);
    }
}
