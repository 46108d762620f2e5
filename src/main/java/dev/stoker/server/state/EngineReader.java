package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerKind;
import dev.stoker.server.exposition.Exposition;
import dev.stoker.server.exposition.ExpositionReader;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * Samples of vLLM, SGLang and TGI, from their metrics, which nobody's asking changes. Nothing is
 * asked that computes: SGLang's and TGI's own health checks generate a token. Which models there
 * are is asked anew only now and then, and whether they sleep only where the metrics do not tell.
 */
final class EngineReader implements StateReader {
    private static final String ASLEEP = "/is_sleeping";
    private static final String MODELS = "/v1/models";

    /** Adapters come and go in a running server, seldom. */
    private static final Duration KEEP = Duration.ofSeconds(5);

    private final ServerKind kind;
    private final EngineNames names;
    private final Predicate<String> wanted;
    private final ServerProcess process;
    private boolean hasSleepMode;
    private boolean pageTellsSleep;
    private Reading<List<JsonNode>> listed = Reading.failed("not asked yet");
    private long listedNanos;

    EngineReader(ServerKind kind, ServerProcess process) {
        this.kind = kind;
        this.names = EngineNames.of(kind);
        this.wanted = names.wanted();
        this.process = process;
        this.hasSleepMode = kind == ServerKind.VLLM;
    }

    @Override
    public ServerState read(Session session, Draft draft) {
        boolean fresh = listed.isKnown() && draft.wall().nanos() - listedNanos < KEEP.toNanos();
        List<String> paths = new ArrayList<>(List.of(names.health(), "/metrics"));
        if (!fresh && !paths.contains(MODELS)) {
            paths.add(MODELS);
        }
        if (hasSleepMode && !pageTellsSleep) {
            paths.add(ASLEEP);
        }
        Answers answers = session.get(draft.identity(), paths);
        Answer health = answers.to(names.health());
        if (health.trouble().isPresent()) {
            process.forget();
            listed = Reading.failed("not asked yet");
            return draft.down(
                    kind == ServerKind.VLLM && health.status() == 503
                            ? new ServerFailure.ServerDied("vLLM says that its engine is dead")
                            : health.failure());
        }
        Reading<Exposition> page = page(answers.to("/metrics"));
        Optional<Answer> asked = answers.find(ASLEEP);
        if (pageTellsSleep && !page.isKnown()) {
            asked = session.get(draft.identity(), List.of(ASLEEP)).find(ASLEEP);
        }
        boolean sleeping = isSleeping(asked, page);
        Reading<Long> pid = process.find().map(f -> f.process().pid());
        answers.find(MODELS)
                .ifPresent(list -> {
                    listed = list.json().map(l -> l.path("data").valueStream().toList());
                    listedNanos = draft.wall().nanos();
                });
        Reading<List<JsonNode>> entries = listed;
        return draft.state(
                new Health.Up(),
                health.took(),
                entries.map(list -> list.stream().map(e -> model(e, sleeping, pid)).toList()),
                work(page),
                counters(page),
                settings(draft, entries));
    }

    private Reading<Exposition> page(Answer answer) {
        if (answer.status() == 404) {
            return Reading.unsupported(names.without());
        }
        return answer.isSuccess()
                ? Reading.known(ExpositionReader.values(answer.http().body(), wanted))
                : Reading.failed(answer.failure().sentence());
    }

    /** A vLLM that was started without sleep mode has no such path; it does not get one later. */
    private boolean isSleeping(Optional<Answer> asked, Reading<Exposition> page) {
        if (asked.isPresent() && asked.get().status() == 404) {
            hasSleepMode = false;
        }
        pageTellsSleep =
                page.isKnown() && page.value().of(EngineNames.SLEEP_STATE).findAny().isPresent();
        Optional<Boolean> told =
                asked.map(a ->
                                a.json()
                                        .map(j -> Json.truth(j, "is_sleeping"))
                                        .orElse(Optional.empty()))
                        .orElse(Optional.empty());
        return told.orElseGet(() ->
                page.isKnown()
                        && page.value()
                                .of(EngineNames.SLEEP_STATE)
                                .anyMatch(s ->
                                        s.value() == 1 && !s.label("sleep_state").equals("awake")));
    }

    private ModelState model(JsonNode entry, boolean sleeping, Reading<Long> pid) {
        String notTold = kind.title() + " does not tell it";
        return new ModelDraft(Json.text(entry, "id").orElse(""), notTold)
                .condition(sleeping ? new ModelCondition.Sleeping() : new ModelCondition.Loaded())
                .contextLength(Json.reading(entry, notTold, "max_model_len"))
                .runnerPid(pid)
                .counters(Counters.unsupported("the server counts for all its models together"))
                .done();
    }

    private Work work(Reading<Exposition> page) {
        if (!(page instanceof Reading.Known<Exposition>(Exposition p))) {
            return page instanceof Reading.Failed<Exposition>(String why)
                    ? Work.failed(why)
                    : Work.unsupported(page.reason());
        }
        String slots = kind.title() + " does not tell how many requests it computes at once";
        Reading<Long> running = gauge(EngineNames.sum(p, names.running())).map(Math::round);
        return new Work(
                running,
                gauge(EngineNames.sum(p, names.waiting())).map(Math::round),
                Reading.unsupported(slots),
                running,
                gauge(names.kvCache(p)).map(share -> Math.min(1, share)));
    }

    private Reading<Double> gauge(OptionalDouble value) {
        return value.isPresent() && value.getAsDouble() >= 0
                ? Reading.known(value.getAsDouble())
                : Reading.unsupported("this " + kind.title() + " does not tell it");
    }

    private Counters counters(Reading<Exposition> page) {
        return switch (page) {
            case Reading.Known<Exposition>(Exposition p) -> {
                Counters.Builder counters =
                        new Counters.Builder("this " + kind.title() + " does not count it");
                for (Counter counter : Counter.values()) {
                    counters.put(counter, names.counter(p, counter));
                }
                yield counters.build(
                        p.of(EngineNames.START_TIME)
                                .findFirst()
                                .map(s -> Double.toString(s.value())));
            }
            case Reading.Unsupported<Exposition>(String reason) -> Counters.unsupported(reason);
            case Reading.Failed<Exposition>(String reason) -> Counters.failed(reason);
        };
    }

    private ToldSettings settings(Draft draft, Reading<List<JsonNode>> entries) {
        String notTold = kind.title() + " does not tell it";
        return new ToldSettings(
                entries.isKnown() && !entries.value().isEmpty()
                        ? Json.reading(entries.value().getFirst(), notTold, "max_model_len")
                        : Reading.unsupported(notTold),
                Reading.unsupported(notTold),
                Reading.known(1L),
                draft.identity().version());
    }
}
