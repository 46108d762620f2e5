package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.http.HttpRequest;
import dev.stoker.json.Json;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.exposition.Exposition;
import dev.stoker.server.ollama.OllamaModels;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Samples of Ollama: what it lists, and, where it runs on this host, what its runners say
 * themselves. Ollama goes on listing a model whose runner has died, and tells neither slots nor
 * queue; the process list and the runner do. Seen on 0.33 with llama-server b10434 as runner.
 */
final class OllamaReader implements StateReader {
    private static final String NOT_TOLD = "Ollama does not tell it";
    private static final String OLD_RUNNER = "the runner of this version does not tell it";
    private static final Pattern FROM =
            Pattern.compile("(?m)^FROM\\s+\"?(/.*sha256[-:][0-9a-f]{64})\"?\\s*$");

    private final ServerProcess process;
    private final OllamaRunners runners;
    private final RunnerAnswers answers;
    private final Map<String, Reading<String>> files = new HashMap<>();
    private @Nullable Body lastBody;
    private Reading<List<LoadedModel>> lastListed = Reading.failed("not asked yet");

    OllamaReader(ServerProcess process, OllamaRunners runners, AskPolicy policy) {
        this.process = process;
        this.runners = runners;
        this.answers = new RunnerAnswers(policy);
    }

    /** A model that Ollama lists, its file, and the runner that has this file open. */
    private record Listed(
            LoadedModel model,
            Reading<String> file,
            Reading<Optional<OllamaRunners.Runner>> runner) {}

    @Override
    public ServerState read(Session session, Draft draft) {
        Answer ps = session.get(draft.identity(), List.of("/api/ps"), 0.5).to("/api/ps");
        Answer alive =
                ps.isSuccess()
                        ? ps
                        : session.get(draft.identity(), List.of("/api/version")).to("/api/version");
        if (alive.trouble().isPresent()) {
            process.forget();
            return draft.down(alive.failure());
        }
        Reading<List<LoadedModel>> listed = listed(ps);
        Set<String> marks = marks(listed);
        Reading<List<OllamaRunners.Runner>> found = runners.find(marks);
        noteFiles(session, draft, listed.orElse(List.of()));
        if (listed.orElse(List.of()).stream().anyMatch(m -> seemsGone(m, found))) {
            // A model may have been unloaded between the two looks: only a second list can tell.
            listed = listed(session.get(draft.identity(), List.of("/api/ps")).to("/api/ps"));
            marks = marks(listed);
        }
        Reading<List<OllamaRunners.Runner>> living =
                listed.orElse(List.of()).stream().anyMatch(m -> seemsGone(m, found))
                        ? runners.look(marks)
                        : found;
        Map<OllamaRunners.Runner, RunnerAnswers.Said> said =
                answers.ask(session, living.orElse(List.of()));
        Reading<List<ModelState>> models = models(listed, living, said);
        return draft.state(
                new Health.Up(),
                alive.took(),
                models,
                Totals.of(models, "Ollama does not tell its queue"),
                Counters.unsupported("Ollama counts nothing; its runners count for each model"),
                ToldSettings.unsupported(NOT_TOLD));
    }

    /** The list changes when something is loaded or used, not at every look. */
    private Reading<List<LoadedModel>> listed(Answer ps) {
        if (!ps.isSuccess()) {
            return Reading.failed(ps.failure().sentence());
        }
        if (ps.body() != lastBody) {
            lastBody = ps.body();
            lastListed =
                    ps.json()
                            .map(list ->
                                    OllamaModels.entries(list).stream()
                                            .map(OllamaModels::running)
                                            .toList());
        }
        return lastListed;
    }

    private static Set<String> marks(Reading<List<LoadedModel>> listed) {
        Set<String> marks = new HashSet<>();
        listed.orElse(List.of())
                .forEach(m ->
                        marks.add(key(m) + " " + m.contextLength().orElse(0L) + " " + m.total()));
        return marks;
    }

    private static String key(LoadedModel model) {
        return model.name() + " " + model.digest().orElse("");
    }

    /** Asks for the file of each model that was not listed before: its Modelfile names it. */
    private void noteFiles(Session session, Draft draft, List<LoadedModel> listed) {
        files.keySet().retainAll(listed.stream().map(OllamaReader::key).toList());
        List<LoadedModel> unknown =
                listed.stream().filter(m -> !files.containsKey(key(m))).toList();
        List<Answer> shown =
                session.ask(
                        unknown.stream()
                                .map(m ->
                                        new Question(
                                                draft.identity().endpoint(),
                                                draft.identity().kind(),
                                                HttpRequest.post(
                                                        "/api/show",
                                                        Json.write(
                                                                Json.object()
                                                                        .put("model", m.name()))),
                                                true))
                                .toList());
        for (int i = 0; i < unknown.size(); i++) {
            Reading<JsonNode> show = shown.get(i).json();
            // An answer that did not come this time may come the next.
            if (show.isKnown() || shown.get(i).isWhole()) {
                files.put(key(unknown.get(i)), file(show));
            }
        }
    }

    private static Reading<String> file(Reading<JsonNode> show) {
        Optional<String> text = show.map(s -> Json.text(s, "modelfile")).orElse(Optional.empty());
        Matcher from = FROM.matcher(text.orElse(""));
        return from.find()
                ? Reading.known(from.group(1))
                : Reading.unsupported("Ollama does not tell the model's file");
    }

    private Reading<String> file(LoadedModel model) {
        return files.getOrDefault(
                key(model), Reading.failed("Ollama did not tell the model's file this time"));
    }

    private boolean seemsGone(LoadedModel model, Reading<List<OllamaRunners.Runner>> found) {
        Reading<Optional<OllamaRunners.Runner>> runner = runnerOf(model, found);
        return runner.isKnown() && runner.value().isEmpty();
    }

    private Reading<Optional<OllamaRunners.Runner>> runnerOf(
            LoadedModel model, Reading<List<OllamaRunners.Runner>> found) {
        Reading<String> file = file(model);
        return file.isKnown()
                ? found.map(all ->
                        all.stream()
                                .filter(r -> ServedModels.isSameFile(r.file(), file.value()))
                                .findFirst())
                : file.map(_ -> Optional.empty());
    }

    private Reading<List<ModelState>> models(
            Reading<List<LoadedModel>> listed,
            Reading<List<OllamaRunners.Runner>> found,
            Map<OllamaRunners.Runner, RunnerAnswers.Said> said) {
        return listed.map(list -> {
            List<ModelState> models = new ArrayList<>();
            Set<OllamaRunners.Runner> taken = new HashSet<>();
            for (LoadedModel model : list) {
                Listed one = new Listed(model, file(model), runnerOf(model, found));
                one.runner().orElse(Optional.empty()).ifPresent(taken::add);
                models.add(listed(one, said));
            }
            for (OllamaRunners.Runner runner : found.orElse(List.of())) {
                RunnerAnswers.Said words = said.get(runner);
                if (!taken.contains(runner) && words != null && words.isLoading()) {
                    models.add(loading(runner));
                }
            }
            return models;
        });
    }

    private static ModelState listed(
            Listed listed, Map<OllamaRunners.Runner, RunnerAnswers.Said> said) {
        LoadedModel model = listed.model();
        ModelDraft draft =
                new ModelDraft(model.name(), NOT_TOLD)
                        .digest(model.digest())
                        .memory(model.total(), model.onGpu())
                        .contextLength(model.contextLength())
                        .expiresAt(model.expiresAt())
                        .file(listed.file())
                        .runnerPid(
                                listed.runner().isKnown() && listed.runner().value().isEmpty()
                                        ? Reading.failed("no runner of it lives")
                                        : listed.runner().map(r -> r.orElseThrow().pid()));
        if (!listed.runner().isKnown()) {
            String why = "only its runner tells it, which is not seen: " + listed.runner().reason();
            return draft.slots(Reading.unsupported(why))
                    .work(Work.unsupported(why))
                    .counters(Counters.unsupported(why))
                    .done();
        }
        if (listed.runner().value().isEmpty()) {
            String why = "no runner of it lives";
            return draft.condition(new ModelCondition.RunnerGone())
                    .slots(Reading.failed(why))
                    .work(Work.failed(why))
                    .counters(Counters.failed(why))
                    .done();
        }
        RunnerAnswers.Said words = said.get(listed.runner().value().get());
        if (words == null) {
            return draft.slots(Reading.unsupported(OLD_RUNNER))
                    .work(Work.unsupported(OLD_RUNNER))
                    .counters(Counters.unsupported(OLD_RUNNER))
                    .done();
        }
        return told(draft, words).done();
    }

    private static ModelDraft told(ModelDraft draft, RunnerAnswers.Said words) {
        Work seen =
                LlamaAnswers.work(
                        words.slots(),
                        Reading.failed("its runner did not tell its slots"),
                        "Ollama does not tell its queue");
        Reading<Exposition> metrics = words.metrics();
        return draft.condition(
                        words.isLoading()
                                ? new ModelCondition.Loading("its runner is loading it")
                                : words.answers()
                                        ? new ModelCondition.Loaded()
                                        : new ModelCondition.Silent(
                                                "its runner lives and does not answer"))
                .slots(words.slots())
                .work(
                        new Work(
                                seen.running(),
                                Reading.unsupported("Ollama does not tell its queue"),
                                seen.slots(),
                                seen.busySlots(),
                                seen.kvCacheUse()))
                .counters(LlamaAnswers.counters(metrics, words.life()));
    }

    /** A runner that loads a model which Ollama does not list yet. */
    private static ModelState loading(OllamaRunners.Runner runner) {
        List<String> names = OllamaManifests.namesOf(runner.file());
        return new ModelDraft(
                        names.isEmpty()
                                ? OllamaManifests.shortName(runner.file())
                                : names.getFirst(),
                        "the model is being loaded")
                .otherNames(names.isEmpty() ? names : names.subList(1, names.size()))
                .condition(new ModelCondition.Loading("its runner is loading it"))
                .file(Reading.known(runner.file()))
                .runnerPid(Reading.known(runner.pid()))
                .done();
    }
}
