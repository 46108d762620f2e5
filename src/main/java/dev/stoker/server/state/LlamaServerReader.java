package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.host.Launch;
import dev.stoker.json.Json;
import dev.stoker.server.exposition.Exposition;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Samples of a llama-server with one model. {@code /health}, {@code /props} and {@code /v1/models}
 * neither wake a sleeping model nor set its timer back; {@code /slots} and {@code /metrics} do
 * both, and are asked only where idle sleep is off, or where the policy allows it. What does not
 * change while the process lives is asked anew only now and then.
 */
final class LlamaServerReader implements StateReader {
    private static final Duration KEEP = Duration.ofSeconds(30);

    /** Where a restart can't be seen. */
    private static final Duration KEEP_UNSEEN = Duration.ofSeconds(5);

    private static final String NOT_TOLD = "llama-server does not tell it";

    private final ServerProcess process;
    private final AskPolicy policy;
    private Optional<Facts> remembered = Optional.empty();

    /** What stays as it is while the process lives. */
    private record Facts(
            Reading<JsonNode> props, Reading<JsonNode> models, long nanos, OptionalLong mark) {}

    LlamaServerReader(ServerProcess process, AskPolicy policy) {
        this.process = process;
        this.policy = policy;
    }

    @Override
    public ServerState read(Session session, Draft draft) {
        Reading<ServerProcess.Found> found = process.find();
        IdleSleep sleep = IdleSleep.of(launch(found));
        boolean awake = sleep instanceof IdleSleep.Off;
        Optional<Facts> known = awake ? fresh(found, draft) : Optional.empty();
        List<String> paths = new ArrayList<>(List.of("/health"));
        if (known.isEmpty()) {
            paths.addAll(List.of("/props", "/v1/models"));
        }
        if (awake) {
            paths.addAll(busyPaths());
        }
        Answers answers = session.get(draft.identity(), paths);
        Answer health = answers.to("/health");
        if (LlamaAnswers.isLoading(health)) {
            remembered = Optional.empty();
            return loading(draft, health, found);
        }
        if (health.trouble().isPresent()) {
            remembered = Optional.empty();
            process.forget();
            return draft.down(health.failure());
        }
        Answers first = answers;
        Facts facts = known.orElseGet(() -> facts(first, found, draft));
        remembered = Optional.of(facts);
        boolean sleeping = isSleeping(facts.props());
        if (!awake && policy.mayWake() && !sleeping) {
            answers = answers.and(session.get(draft.identity(), busyPaths()));
        }
        return state(draft, answers, facts, found, sleep);
    }

    private List<String> busyPaths() {
        return policy.llamaMetrics() ? List.of("/slots", "/metrics") : List.of("/slots");
    }

    private static Reading<Launch> launch(Reading<ServerProcess.Found> found) {
        return switch (found) {
            case Reading.Known<ServerProcess.Found>(ServerProcess.Found f) -> f.launch();
            case Reading.Unsupported<ServerProcess.Found>(String why) -> Reading.unsupported(why);
            case Reading.Failed<ServerProcess.Found>(String why) -> Reading.failed(why);
        };
    }

    private Optional<Facts> fresh(Reading<ServerProcess.Found> found, Draft draft) {
        OptionalLong mark = found.isKnown() ? found.value().mark() : OptionalLong.empty();
        Duration keep = mark.isPresent() ? KEEP : KEEP_UNSEEN;
        return remembered
                .filter(f -> f.mark().equals(mark))
                .filter(f -> draft.wall().nanos() - f.nanos() < keep.toNanos())
                .filter(f -> f.props().isKnown() && f.models().isKnown());
    }

    private static Facts facts(Answers answers, Reading<ServerProcess.Found> found, Draft draft) {
        return new Facts(
                answers.to("/props").json(),
                answers.to("/v1/models").json(),
                draft.wall().nanos(),
                found.isKnown() ? found.value().mark() : OptionalLong.empty());
    }

    private static boolean isSleeping(Reading<JsonNode> props) {
        return props.isKnown() && Json.truth(props.value(), "is_sleeping").orElse(false);
    }

    /** While it loads a server tells no name; how it was started does. */
    private static ServerState loading(
            Draft draft, Answer health, Reading<ServerProcess.Found> found) {
        ServerState state = draft.loading(health.failure().sentence());
        Optional<String> file =
                launch(found).map(LlamaServerReader::model).orElse(Optional.empty());
        if (file.isEmpty()) {
            return state;
        }
        String name =
                launch(found)
                        .value()
                        .option("--alias", "-a")
                        .orElse(String.valueOf(Path.of(file.get()).getFileName()));
        ModelState model =
                new ModelDraft(name, "the model is being loaded")
                        .condition(new ModelCondition.Loading("the server has just started"))
                        .file(Reading.known(file.get()))
                        .runnerPid(found.map(f -> f.process().pid()))
                        .done();
        return new ServerState(
                state.endpoint(),
                state.identity(),
                state.takenAt(),
                state.nanos(),
                state.health(),
                Reading.known(health.took()),
                Reading.known(List.of(model)),
                state.work(),
                state.counters(),
                state.settings());
    }

    private static Optional<String> model(Launch launch) {
        return launch.option("--model", "-m").filter(file -> file.indexOf('\0') < 0);
    }

    private ServerState state(
            Draft draft,
            Answers answers,
            Facts facts,
            Reading<ServerProcess.Found> found,
            IdleSleep sleep) {
        boolean sleeping = isSleeping(facts.props());
        Reading<Long> total =
                facts.props()
                        .map(p -> Json.integer(p, "total_slots"))
                        .orElse(Optional.empty())
                        .<Reading<Long>>map(Reading::known)
                        .orElse(Reading.failed("the server did not tell its slots"));
        Reading<List<SlotState>> slots = slots(answers, sleeping, sleep);
        Work seen =
                sleeping
                        ? Work.asleep(total)
                        : LlamaAnswers.work(slots, total, LlamaAnswers.NO_METRICS);
        Reading<Exposition> metrics = metrics(answers, sleeping, sleep);
        Work work = metrics.isKnown() ? LlamaAnswers.work(metrics.value(), seen) : seen;
        Counters counters =
                LlamaAnswers.counters(
                        metrics,
                        answers.find("/metrics").flatMap(a -> a.header("Process-Start-Time-Unix")));
        Reading<List<ModelState>> models =
                facts.models()
                        .map(list ->
                                list.path("data")
                                        .valueStream()
                                        .map(e -> model(e, facts, found, sleeping, slots, work))
                                        .toList());
        return draft.state(
                new Health.Up(),
                answers.to("/health").took(),
                models,
                work,
                counters,
                settings(facts.props(), total));
    }

    private static ModelState model(
            JsonNode entry,
            Facts facts,
            Reading<ServerProcess.Found> found,
            boolean sleeping,
            Reading<List<SlotState>> slots,
            Work work) {
        String id = Json.text(entry, "id").orElse("");
        return new ModelDraft(id, NOT_TOLD)
                .otherNames(LlamaAnswers.aliases(entry, id))
                .condition(sleeping ? new ModelCondition.Sleeping() : new ModelCondition.Loaded())
                .contextLength(Json.reading(entry, NOT_TOLD, "meta", "n_ctx"))
                .file(
                        facts.props()
                                .map(p -> Json.text(p, "model_path"))
                                .orElse(Optional.empty())
                                .<Reading<String>>map(Reading::known)
                                .orElse(Reading.failed("the server did not tell its model's path")))
                .runnerPid(found.map(f -> f.process().pid()))
                .slots(slots)
                .work(work)
                .counters(Counters.unsupported("the server counts for its one model"))
                .done();
    }

    private static Reading<List<SlotState>> slots(
            Answers answers, boolean sleeping, IdleSleep sleep) {
        return answers.find("/slots")
                .map(LlamaAnswers::slots)
                .orElseGet(() -> Reading.unsupported(notAsked(sleeping, sleep)));
    }

    private Reading<Exposition> metrics(Answers answers, boolean sleeping, IdleSleep sleep) {
        return answers.find("/metrics")
                .map(LlamaAnswers::metrics)
                .orElseGet(() ->
                        Reading.unsupported(
                                policy.llamaMetrics()
                                        ? notAsked(sleeping, sleep)
                                        : LlamaAnswers.NO_METRICS));
    }

    private static String notAsked(boolean sleeping, IdleSleep sleep) {
        return sleeping ? "the model sleeps" : sleep.objection().orElse("not asked this time");
    }

    private static ToldSettings settings(Reading<JsonNode> props, Reading<Long> slots) {
        if (!props.isKnown()) {
            return ToldSettings.unsupported(props.reason());
        }
        return new ToldSettings(
                Json.reading(props.value(), NOT_TOLD, "default_generation_settings", "n_ctx"),
                slots,
                Reading.known(1L),
                Json.text(props.value(), "build_info")
                        .<Reading<String>>map(Reading::known)
                        .orElse(Reading.unsupported(NOT_TOLD)));
    }
}
