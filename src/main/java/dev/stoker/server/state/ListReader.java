package dev.stoker.server.state;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.json.Json;
import dev.stoker.server.ServerKind;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/**
 * Samples of servers that tell which models they have and count nothing: LM Studio, llama-swap, and
 * whatever else speaks OpenAI's form. Behind llama-swap stand servers of their own, but asking
 * through it counts as use of the model, so they are left alone. Written from documentation, not
 * seen live.
 */
final class ListReader implements StateReader {
    private static final String CURRENT = "/api/v1/models";
    private static final String OLDER = "/api/v0/models";

    private final ServerKind kind;
    private final String notTold;
    private List<String> paths;

    ListReader(ServerKind kind) {
        this.kind = kind;
        this.notTold = kind.title() + " does not tell it";
        this.paths =
                switch (kind) {
                    case LM_STUDIO -> List.of(CURRENT, OLDER);
                    case LLAMA_SWAP -> List.of("/running");
                    default -> List.of("/v1/models");
                };
    }

    @Override
    public ServerState read(Session session, Draft draft) {
        Answers answers = session.get(draft.identity(), paths);
        String path =
                paths.stream()
                        .filter(p -> answers.to(p).isSuccess())
                        .findFirst()
                        .orElse(paths.getFirst());
        Answer list = answers.to(path);
        if (list.trouble().isPresent()) {
            return draft.down(list.failure());
        }
        paths = List.of(path);
        Reading<List<ModelState>> models =
                list.json()
                        .map(json ->
                                switch (kind) {
                                    case LM_STUDIO -> lmStudio(json);
                                    case LLAMA_SWAP -> swap(json);
                                    default -> served(json);
                                });
        return draft.state(
                new Health.Up(),
                list.took(),
                models,
                Work.unsupported(notTold),
                Counters.unsupported(kind.title() + " counts nothing that it shows"),
                ToldSettings.unsupported(notTold));
    }

    private List<ModelState> served(JsonNode list) {
        return list.path("data")
                .valueStream()
                .map(e ->
                        new ModelDraft(Json.text(e, "id").orElse(""), notTold)
                                .contextLength(Json.reading(e, notTold, "max_model_len"))
                                .done())
                .toList();
    }

    private List<ModelState> swap(JsonNode json) {
        return json.path("running")
                .valueStream()
                .filter(e -> !Json.text(e, "state").orElse("ready").equals("stopped"))
                .map(e -> {
                    String state = Json.text(e, "state").orElse("ready");
                    return new ModelDraft(Json.text(e, "model").orElse(""), notTold)
                            .condition(
                                    state.equals("starting")
                                            ? new ModelCondition.Loading("llama-swap starts it")
                                            : new ModelCondition.Loaded())
                            .done();
                })
                .toList();
    }

    private List<ModelState> lmStudio(JsonNode json) {
        List<ModelState> models = new ArrayList<>();
        for (JsonNode e : json.path(json.has("models") ? "models" : "data")) {
            Reading<Bytes> size = Reading.unsupported("LM Studio tells the size of the file alone");
            for (JsonNode instance : e.path("loaded_instances")) {
                JsonNode config = instance.path("config");
                Reading<Long> slots = Json.reading(config, notTold, "parallel");
                models.add(
                        new ModelDraft(Json.text(instance, "id").orElse(name(e)), notTold)
                                .memory(size, size)
                                .contextLength(Json.reading(config, notTold, "context_length"))
                                .work(
                                        new Work(
                                                Reading.unsupported(notTold),
                                                Reading.unsupported(notTold),
                                                slots,
                                                Reading.unsupported(notTold),
                                                Reading.unsupported(notTold)))
                                .done());
            }
            if (Json.text(e, "state").orElse("").equals("loaded")) {
                models.add(
                        new ModelDraft(name(e), notTold)
                                .memory(size, size)
                                .contextLength(Json.reading(e, notTold, "loaded_context_length"))
                                .done());
            }
        }
        return models;
    }

    private static String name(JsonNode entry) {
        return Json.text(entry, "key").or(() -> Json.text(entry, "id")).orElse("");
    }
}
