package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.memory.ModelFacts;
import dev.stoker.server.Ability;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerException;
import dev.stoker.suite.Task;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the plan of a benchmark: which models, in which order, what they are expected to take, and
 * where a restart is wanted. Only reads.
 */
public final class Planner {
    /**
     * Without a measured figure the expected minutes assume this memory bandwidth, bytes a second.
     */
    static final double ASSUMED_BANDWIDTH = 50e9;

    /** … and this rate of reading a model from the disk, bytes a second. */
    static final double ASSUMED_DISK = 1e9;

    private Planner() {}

    /**
     * @throws UserError if a named model does not exist
     * @throws ServerException if the server did not answer
     */
    public static BenchPlan plan(BenchContext context, BenchRequest request)
            throws ServerException {
        if (request.contextLength().isPresent()
                && !context.server().abilities().contains(Ability.RUNNER_OPTIONS)) {
            throw UserError.wrongUse(
                    context.server().identity().title()
                            + " takes no context length with a request: it is set when the server"
                            + " starts.",
                    "Leave out --context.");
        }
        List<ModelInfo> chosen = choose(context.server().models(), request.models(), context);
        List<LoadedModel> loaded = context.server().loaded();
        Reading<Bytes> available = context.host().memory().available();
        Reading<Bytes> freeable = afterUnload(available, loaded, request);
        List<PlannedModel> planned = new ArrayList<>();
        for (ModelInfo model : chosen) {
            planned.add(planned(context, request, model, freeable));
        }
        boolean unloadFirst =
                request.unload() == BenchRequest.Unload.BETWEEN
                        && context.server().abilities().contains(Ability.UNLOAD);
        return new BenchPlan(
                context.server().identity(),
                planned,
                loaded,
                unloadFirst,
                available,
                context.control().means(),
                context.control().canRestart(),
                new ServerMemory(context).tree().resident());
    }

    private static List<ModelInfo> choose(
            List<ModelInfo> models, List<String> names, BenchContext context) {
        if (models.isEmpty()) {
            throw UserError.wrongUse(
                    context.server().identity().title()
                            + " at "
                            + context.server().identity().endpoint()
                            + " has no models.",
                    "Pull or add one first.");
        }
        if (names.isEmpty()) {
            return models.stream()
                    .sorted(
                            Comparator.comparingLong((ModelInfo m) ->
                                            m.fileSize().orElse(Bytes.of(Long.MAX_VALUE)).count())
                                    .thenComparing(ModelInfo::name))
                    .toList();
        }
        Set<ModelInfo> chosen = new LinkedHashSet<>();
        for (String name : names) {
            chosen.add(
                    models.stream()
                            .filter(m -> ServerMemory.sameModel(m.name(), name))
                            .findFirst()
                            .orElseThrow(() -> unknown(name, models)));
        }
        return List.copyOf(chosen);
    }

    private static UserError unknown(String name, List<ModelInfo> models) {
        String list =
                String.join(
                        ", ",
                        models.stream()
                                .map(m -> Text.plain(m.name(), 60))
                                .sorted()
                                .limit(12)
                                .toList());
        return UserError.wrongUse(
                "The server has no model '" + Text.plain(name) + "'.",
                "It has: "
                        + list
                        + (models.size() > 12 ? ", … (" + models.size() + " in all)." : "."));
    }

    private static Reading<Bytes> afterUnload(
            Reading<Bytes> available, List<LoadedModel> loaded, BenchRequest request) {
        if (request.unload() == BenchRequest.Unload.NEVER) {
            return available;
        }
        Bytes freed = Bytes.ZERO;
        for (LoadedModel l : loaded) {
            Bytes total = l.total().orElse(Bytes.ZERO);
            freed = freed.plus(total.minus(l.onGpu().orElse(Bytes.ZERO)).max(Bytes.ZERO));
        }
        Bytes more = freed;
        return available.map(a -> a.plus(more));
    }

    private static PlannedModel planned(
            BenchContext context, BenchRequest request, ModelInfo model, Reading<Bytes> free) {
        Reading<MemoryEstimate> estimate = estimate(context, request, model);
        String skip = skip(context, model, request);
        String restart = restartReason(request, model, estimate, free).orElse("");
        return new PlannedModel(
                model, estimate, restart, skip, expectedTime(model, estimate, request));
    }

    static Reading<MemoryEstimate> estimate(
            BenchContext context, BenchRequest request, ModelInfo model) {
        ModelFacts facts =
                new ModelFacts(
                        model.name(),
                        model.fileSize(),
                        model.parameters(),
                        model.quantization(),
                        model.trainedContext(),
                        Reading.unsupported("the server does not tell the model's shape"));
        return context.estimator().estimate(facts, request.contextLength());
    }

    private static String skip(BenchContext context, ModelInfo model, BenchRequest request) {
        boolean named =
                request.models().stream().anyMatch(n -> ServerMemory.sameModel(model.name(), n));
        if (model.remote() && !named) {
            return "it runs in the cloud; name it to measure it";
        }
        if (model.embeddingOnly()) {
            return "it makes embeddings, not text";
        }
        List<Optional<String>> unsuited =
                request.prompts().stream()
                        .map(t -> t.unsuited(model.capabilities(), context.server().abilities()))
                        .toList();
        return unsuited.stream().allMatch(Optional::isPresent)
                ? "nothing of it can be asked: " + unsuited.getFirst().orElse("")
                : "";
    }

    /** Returns why a fresh server is wanted before a model, if it is. */
    static Optional<String> restartReason(
            BenchRequest request,
            ModelInfo model,
            Reading<MemoryEstimate> estimate,
            Reading<Bytes> free) {
        return switch (request.restart()) {
            case NEVER -> Optional.empty();
            case ALWAYS -> Optional.of("asked for before every model");
            case LARGE -> {
                if (model.fileSize() instanceof Reading.Known<Bytes>(Bytes size)
                        && size.compareTo(request.restartAbove()) > 0) {
                    yield Optional.of("larger than " + request.restartAbove().decimal());
                }
                yield free instanceof Reading.Known<Bytes>(Bytes f)
                                && estimate.isKnown()
                                && estimate.value().hostHigh().compareTo(f) > 0
                        ? Optional.of(
                                "predicted not to fit: up to %s wanted, %s free"
                                        .formatted(
                                                estimate.value().hostHigh().binary(), f.binary()))
                        : Optional.empty();
            }
        };
    }

    private static Duration expectedTime(
            ModelInfo model, Reading<MemoryEstimate> estimate, BenchRequest request) {
        Bytes guess = estimate.map(MemoryEstimate::expected).orElse(Bytes.gb(5));
        double bytes = model.fileSize().orElse(guess).count();
        double rate = Math.clamp(ASSUMED_BANDWIDTH / Math.max(bytes, 1), 1, 200);
        long answer = request.prompts().stream().mapToLong(Task::maxTokens).sum();
        long prompt = request.prompts().stream().mapToLong(Task::promptTokens).sum();
        double each = answer / rate + prompt / (rate * 15);
        double seconds = 3 + bytes / ASSUMED_DISK + request.iterations() * each;
        return Duration.ofMillis((long) (seconds * 1000));
    }
}
