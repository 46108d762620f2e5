package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Answered;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.load.TraceRecorder;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.RunnerOptions;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.StreamEvent;
import dev.stoker.suite.Conversation;
import dev.stoker.suite.Spoken;
import dev.stoker.suite.Task;
import dev.stoker.suite.check.Given;
import dev.stoker.suite.check.Verdict;
import dev.stoker.suite.spread.Circumstances;
import dev.stoker.trace.RequestTrace;

import java.util.List;
import java.util.Optional;

/**
 * Sends a task to one model: every turn of its conversation, each with a nonce of its own and on
 * the disk before the next; then the checks. Used by one thread.
 */
final class TaskRun {
    /** What a model may think before an answer that is checked, on top of the answer's tokens. */
    private static final long ROOM_TO_THINK = 2048;

    private static final long USUAL_CONTEXT = 4096;

    /** The name of the check that fails when a request has no good end, and the server is well. */
    private static final String OWN_FAULT = "request";

    private static final int LONGEST_KEPT = 32_000;

    private final RunState run;
    private final String model;
    private final ModelInfo info;
    private final RunnerOptions options;
    private boolean warnedOfCache;

    TaskRun(RunState run, ModelInfo info, RunnerOptions options) {
        this.run = run;
        this.model = info.name();
        this.info = info;
        this.options = options;
    }

    /**
     * Returns the name under which a turn is recorded: that of the task for the last one, so that
     * the task is done when there is such a result.
     */
    static String name(Task task, int turn) {
        return turn == task.turns().size() ? task.name() : task.name() + " (turn " + turn + ")";
    }

    /** Returns whether a verdict stands for a request that failed by the test's own fault. */
    static boolean isOwnFault(Verdict verdict) {
        return verdict.check().equals(OWN_FAULT);
    }

    /**
     * Sends a task.
     *
     * @param iteration 0 for the warm-up
     * @param alone whether no other model is measured at the same time
     * @return why it could not be answered; what is the model's own fault is a failed check
     */
    Optional<ServerFailure> send(Task task, int iteration, boolean alone) {
        long room = task.haystack().isPresent() ? context() : USUAL_CONTEXT;
        Optional<Conversation> fitting = Conversation.of(task, room);
        if (fitting.isEmpty()) {
            run.write(
                    new BenchEvent.TaskSkipped(
                            run.now(),
                            model,
                            task.name(),
                            "its context of " + room + " tokens is too short for it"));
            return Optional.empty();
        }
        Conversation talk = fitting.get();
        for (int turn = 1; turn <= task.turns().size(); turn++) {
            talk.ask();
            Turn sent = new Turn(task, talk, turn, iteration, alone);
            Optional<ServerFailure> failure = sent.send();
            if (failure.isPresent()) {
                return failure;
            }
        }
        return Optional.empty();
    }

    /** How many tokens the model's context has, as far as anyone tells. */
    private long context() {
        try {
            Reading<Long> loaded =
                    run.memory()
                            .loaded(model)
                            .map(LoadedModel::contextLength)
                            .orElse(Reading.unsupported("it is not listed as loaded"));
            return loaded.orElse(
                    run.request()
                            .contextLength()
                            .orElse(info.trainedContext().orElse(USUAL_CONTEXT)));
        } catch (ServerException e) {
            return USUAL_CONTEXT;
        }
    }

    /** One request of a conversation. */
    private final class Turn {
        private final Task task;
        private final Conversation talk;
        private final int turn;
        private final int iteration;
        private final boolean alone;

        Turn(Task task, Conversation talk, int turn, int iteration, boolean alone) {
            this.task = task;
            this.talk = talk;
            this.turn = turn;
            this.iteration = iteration;
            this.alone = alone;
        }

        Optional<ServerFailure> send() {
            if (run.cancellation().isCancelled()) {
                return Optional.of(new ServerFailure.Cancelled());
            }
            Surroundings.Before before = run.surroundings().look();
            long mark = run.context().cached().mark();
            TraceRecorder recorder = new TraceRecorder(run.context().clock());
            run.context().server().stream(
                    request(),
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
            Circumstances circumstances = run.surroundings().since(before);
            RequestTrace trace = withCachedShare(recorder.trace(), mark);
            Optional<ServerFailure> failure = recorder.failure();
            Optional<Verdict> ownFault = failure.flatMap(this::ownFault);
            if (iteration > 0 && (failure.isEmpty() || ownFault.isPresent())) {
                answered(recorder, trace, circumstances, ownFault);
            }
            run.write(
                    new RequestEnded(run.now(), model, name(task, turn), iteration, alone, trace));
            warnOfCache(trace);
            return ownFault.isPresent() ? Optional.empty() : failure;
        }

        private GenerationRequest request() {
            long tokens = task.maxTokens();
            if (task.isChecked() && info.capabilities().contains("thinking")) {
                tokens += ROOM_TO_THINK;
            }
            return talk.over(
                    GenerationRequest.chat(model, task.name())
                            .maxTokens(tokens)
                            .nonce(run.nonces().next())
                            .deterministic(run.request().seed())
                            .runner(options)
                            .stall(run.request().stall()));
        }

        private void answered(
                TraceRecorder recorder,
                RequestTrace trace,
                Circumstances circumstances,
                Optional<Verdict> ownFault) {
            String text = recorder.text();
            Spoken spoken = Spoken.of(text);
            talk.answered(spoken.answer());
            boolean onlyThought =
                    spoken.answer().isEmpty() && (spoken.thought() || recorder.chunkCount() > 0);
            Given given =
                    new Given(
                            spoken.answer(), onlyThought, model, talk.words(), trace, run.means());
            List<Verdict> verdicts =
                    ownFault.map(List::of)
                            .orElseGet(() ->
                                    turn < task.turns().size()
                                            ? List.of()
                                            : task.checks().stream()
                                                    .map(c -> c.judge(given))
                                                    .toList());
            run.write(
                    new Answered(
                            run.now(),
                            model,
                            ownFault.isPresent() ? task.name() : name(task, turn),
                            iteration,
                            task.isChecked() ? kept(text) : "",
                            verdicts,
                            circumstances));
        }

        /** A test that the server refuses, or whose answer never ends, is a failed one. */
        private Optional<Verdict> ownFault(ServerFailure failure) {
            if (!task.isChecked()) {
                return Optional.empty();
            }
            if (failure instanceof ServerFailure.BadRequest) {
                return Optional.of(Verdict.failed(OWN_FAULT, "an answer", failure.sentence()));
            }
            boolean endless =
                    failure instanceof ServerFailure.StreamCut
                            && run.context().server().identity().kind() == ServerKind.OLLAMA;
            return endless
                    ? Optional.of(
                            Verdict.failed(
                                    OWN_FAULT,
                                    "an answer that ends",
                                    "the answer was ended without a last word, as Ollama does when"
                                            + " a model says one token again and again"))
                    : Optional.empty();
        }

        /**
         * Where the API is silent, the server's log tells the cached share: its one line of this
         * request.
         */
        private RequestTrace withCachedShare(RequestTrace trace, long mark) {
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
    }

    private static String kept(String text) {
        return text.length() <= LONGEST_KEPT ? text : text.substring(0, LONGEST_KEPT) + "…";
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
}
