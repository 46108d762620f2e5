package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.Launch;
import dev.stoker.json.Json;
import dev.stoker.server.exposition.Exposition;

import tools.jackson.databind.JsonNode;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Samples of a llama-server in router mode. Asking it for a model's {@code /slots} loads that
 * model, so this is asked of loaded ones alone and with {@code autoload=false}, which only the
 * query can say; and it wakes a sleeping one, so it is asked only of those whose command line,
 * which the router shows, has no idle sleep. {@code /models} and {@code /props} without a model do
 * nothing. Seen on b10434.
 */
final class LlamaRouterReader implements StateReader {
    private static final String NOT_TOLD = "the router does not tell it";
    private static final String NOT_LOADED = "the model is not in memory";

    /** So many models are asked for their slots in one sample. */
    private static final int MOST_ASKED = 32;

    private static final Duration KEEP_PROPS = Duration.ofSeconds(30);

    private final ServerProcess process;
    private final AskPolicy policy;
    private Map<Integer, Long> pids = Map.of();
    private Reading<JsonNode> props = Reading.failed("not asked yet");
    private long propsNanos;

    LlamaRouterReader(ServerProcess process, AskPolicy policy) {
        this.process = process;
        this.policy = policy;
    }

    @Override
    public ServerState read(Session session, Draft draft) {
        boolean stale =
                !props.isKnown() || draft.wall().nanos() - propsNanos > KEEP_PROPS.toNanos();
        Answers answers =
                session.get(
                        draft.identity(),
                        stale ? List.of("/models", "/props") : List.of("/models"));
        Answer list = answers.to("/models");
        if (list.trouble().isPresent()) {
            process.forget();
            props = Reading.failed("not asked yet");
            return LlamaAnswers.isLoading(list)
                    ? draft.loading(list.failure().sentence())
                    : draft.down(list.failure());
        }
        answers.find("/props")
                .ifPresent(answer -> {
                    props = answer.json();
                    propsNanos = draft.wall().nanos();
                });
        Reading<List<JsonNode>> entries =
                list.json().map(l -> l.path("data").valueStream().toList());
        List<JsonNode> present =
                entries.orElse(List.of()).stream().filter(LlamaRouterReader::isPresent).toList();
        List<String> paths = new ArrayList<>();
        for (JsonNode entry : present) {
            if (isAsked(entry) && paths.size() < MOST_ASKED) {
                paths.add(path("/slots", id(entry)));
                if (policy.llamaMetrics()) {
                    paths.add(path("/metrics", id(entry)));
                }
            }
        }
        Answers details = paths.isEmpty() ? Answers.none() : session.get(draft.identity(), paths);
        notePids(present);
        Reading<List<ModelState>> models =
                entries.map(_ -> present.stream().map(e -> model(e, details)).toList());
        return draft.state(
                new Health.Up(),
                list.took(),
                models,
                Totals.of(models, "the router does not tell its queue"),
                Counters.unsupported("the router counts for each model alone"),
                settings(props));
    }

    private static String id(JsonNode entry) {
        return Json.text(entry, "id").orElse("");
    }

    private static String status(JsonNode entry) {
        return Json.text(entry, "status", "value").orElse("");
    }

    private static boolean isPresent(JsonNode entry) {
        return !id(entry).isEmpty()
                && (!status(entry).equals("unloaded")
                        || Json.truth(entry, "status", "failed").orElse(false));
    }

    private static List<String> arguments(JsonNode entry) {
        return entry.path("status")
                .path("args")
                .valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .toList();
    }

    /** The router's own variables reach its instances. */
    private IdleSleep sleep(JsonNode entry) {
        List<String> arguments = arguments(entry);
        if (arguments.isEmpty()) {
            return new IdleSleep.Unknown("the router does not show how it started the model");
        }
        Map<String, String> variables =
                process.find() instanceof Reading.Known<ServerProcess.Found>(ServerProcess.Found f)
                        ? f.launch().map(l -> l.variables().orElse(Map.of())).orElse(Map.of())
                        : Map.of();
        return IdleSleep.of(arguments, variables);
    }

    private boolean isAsked(JsonNode entry) {
        return status(entry).equals("loaded")
                && (policy.mayWake() || sleep(entry) instanceof IdleSleep.Off);
    }

    private static String path(String what, String model) {
        return what
                + "?model="
                + URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20")
                + "&autoload=false";
    }

    private ModelState model(JsonNode entry, Answers details) {
        String id = id(entry);
        boolean loaded = status(entry).equals("loaded");
        String why =
                !loaded
                        ? NOT_LOADED
                        : sleep(entry).objection().orElse("too many models to ask each");
        Optional<Answer> page = details.find(path("/metrics", id));
        Reading<List<SlotState>> slots =
                details.find(path("/slots", id))
                        .map(LlamaAnswers::slots)
                        .orElse(Reading.unsupported(why));
        Reading<Exposition> metrics =
                page.map(LlamaAnswers::metrics)
                        .orElse(
                                Reading.unsupported(
                                        policy.llamaMetrics() ? why : LlamaAnswers.NO_METRICS));
        Work seen =
                LlamaAnswers.work(slots, Reading.unsupported(NOT_TOLD), LlamaAnswers.NO_METRICS);
        return new ModelDraft(id, NOT_TOLD)
                .otherNames(LlamaAnswers.aliases(entry, id))
                .condition(condition(entry))
                .contextLength(Json.reading(entry, NOT_LOADED, "meta", "n_ctx"))
                .file(
                        Launch.option(arguments(entry), "--model", "-m")
                                .<Reading<String>>map(Reading::known)
                                .orElse(Reading.unsupported(NOT_TOLD)))
                .runnerPid(pid(entry))
                .slots(slots)
                .work(metrics.isKnown() ? LlamaAnswers.work(metrics.value(), seen) : seen)
                .counters(
                        LlamaAnswers.counters(
                                metrics, page.flatMap(p -> p.header("Process-Start-Time-Unix"))))
                .done();
    }

    private static ModelCondition condition(JsonNode entry) {
        return switch (status(entry)) {
            case "loaded" -> new ModelCondition.Loaded();
            case "sleeping" -> new ModelCondition.Sleeping();
            case "unloaded" ->
                    new ModelCondition.Failed(
                            Json.reading(
                                    entry, "the router told no exit code", "status", "exit_code"));
            default -> new ModelCondition.Loading(status(entry));
        };
    }

    private static Optional<Integer> port(List<String> arguments) {
        return Launch.option(arguments, "--port").flatMap(OllamaRunners::port);
    }

    private Reading<Long> pid(JsonNode entry) {
        Long pid = port(arguments(entry)).map(pids::get).orElse(null);
        return pid == null
                ? Reading.unsupported("its process can not be seen from here")
                : Reading.known(pid);
    }

    /** An instance is known by its port; the processes are looked through only for a new port. */
    private void notePids(List<JsonNode> present) {
        List<Integer> ports =
                present.stream()
                        .filter(e -> !status(e).equals("unloaded"))
                        .flatMap(e -> port(arguments(e)).stream())
                        .filter(port -> port > 0)
                        .toList();
        if (pids.keySet().containsAll(ports)) {
            return;
        }
        Map<Integer, Long> seen = new HashMap<>();
        Reading<List<HostProcess>> children =
                process.find() instanceof Reading.Known<ServerProcess.Found>(ServerProcess.Found f)
                        ? process.host().children(f.process().pid())
                        : Reading.unsupported("");
        for (HostProcess child : children.orElse(List.of())) {
            if (process.host().launch(child.pid()) instanceof Reading.Known<Launch>(Launch l)) {
                port(l.arguments()).ifPresent(port -> seen.put(port, child.pid()));
            }
        }
        pids = seen;
    }

    private static ToldSettings settings(Reading<JsonNode> props) {
        if (!props.isKnown()) {
            return ToldSettings.unsupported(props.reason());
        }
        return new ToldSettings(
                Reading.unsupported("each model of a router has its own"),
                Reading.unsupported("each model of a router has its own"),
                Json.reading(props.value(), NOT_TOLD, "max_instances"),
                Json.text(props.value(), "build_info")
                        .<Reading<String>>map(Reading::known)
                        .orElse(Reading.unsupported(NOT_TOLD)));
    }
}
