package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpRequest;
import dev.stoker.json.Json;
import dev.stoker.server.ServerKind;
import dev.stoker.server.exposition.Exposition;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Asks the llama-servers below an Ollama, on loopback, for what only they know. Before anything
 * else is asked, {@code /props} has to name the very file that the process was started with: in
 * another network (a container's) someone else may listen on that port here. They get no work, no
 * key, and only questions that change nothing. One thread at a time.
 */
final class RunnerAnswers {
    private static final String ELSEWHERE =
            "its runner can not be reached from here: it may run in a container's own network";

    private final AskPolicy policy;
    private final Set<OllamaRunners.Runner> verified = new HashSet<>();

    /**
     * What one of them said.
     *
     * @param isLoading whether it is loading its model
     * @param answers whether it answers at all, now
     */
    record Said(
            boolean isLoading,
            boolean answers,
            Reading<List<SlotState>> slots,
            Reading<Exposition> metrics,
            Optional<String> life) {}

    RunnerAnswers(AskPolicy policy) {
        this.policy = policy;
    }

    Map<OllamaRunners.Runner, Said> ask(Session session, List<OllamaRunners.Runner> runners) {
        verified.retainAll(runners);
        List<OllamaRunners.Runner> asked =
                runners.stream().filter(OllamaRunners.Runner::isLlamaServer).toList();
        List<OllamaRunners.Runner> strangers =
                asked.stream().filter(r -> !verified.contains(r)).toList();
        Map<OllamaRunners.Runner, Said> said = verify(session, strangers);
        List<OllamaRunners.Runner> known = asked.stream().filter(verified::contains).toList();
        Map<OllamaRunners.Runner, Answers> first = ask(session, known, this::paths, 0.5);
        List<OllamaRunners.Runner> silent =
                known.stream()
                        .filter(r -> !first.getOrDefault(r, Answers.none()).anyWhole())
                        .toList();
        // A runner in the middle of a batch tells its slots late, and its health at once.
        Map<OllamaRunners.Runner, Answers> second =
                ask(session, silent, _ -> List.of("/health"), 1);
        for (OllamaRunners.Runner runner : known) {
            said.put(
                    runner,
                    said(
                            runner,
                            first.getOrDefault(runner, Answers.none())
                                    .and(second.getOrDefault(runner, Answers.none()))));
        }
        return said;
    }

    private static Map<OllamaRunners.Runner, Answers> ask(
            Session session,
            List<OllamaRunners.Runner> runners,
            Function<OllamaRunners.Runner, List<String>> paths,
            double share) {
        List<Question> questions = new ArrayList<>();
        for (OllamaRunners.Runner runner : runners) {
            paths.apply(runner).forEach(path -> questions.add(question(runner, path)));
        }
        List<Answer> answers = session.ask(questions, share);
        Map<OllamaRunners.Runner, Answers> byRunner = new HashMap<>();
        int at = 0;
        for (OllamaRunners.Runner runner : runners) {
            Map<String, Answer> byPath = new HashMap<>();
            for (String path : paths.apply(runner)) {
                byPath.put(path, answers.get(at++));
            }
            byRunner.put(runner, new Answers(byPath));
        }
        return byRunner;
    }

    private List<String> paths(OllamaRunners.Runner runner) {
        boolean maySlots = policy.mayWake() || runner.sleep().objection().isEmpty();
        if (!maySlots) {
            return List.of("/health");
        }
        return policy.llamaMetrics() ? List.of("/slots", "/metrics") : List.of("/slots");
    }

    private static Question question(OllamaRunners.Runner runner, String path) {
        return new Question(
                new Endpoint(false, "127.0.0.1", runner.port(), ""),
                ServerKind.LLAMA_SERVER,
                HttpRequest.get(path),
                false);
    }

    /** Returns what is known already of those that could not be told to be the right ones. */
    private Map<OllamaRunners.Runner, Said> verify(
            Session session, List<OllamaRunners.Runner> strangers) {
        Map<OllamaRunners.Runner, Said> said = new HashMap<>();
        List<Answer> answers =
                session.ask(strangers.stream().map(r -> question(r, "/props")).toList());
        for (int i = 0; i < strangers.size(); i++) {
            OllamaRunners.Runner runner = strangers.get(i);
            Answer answer = answers.get(i);
            Reading<JsonNode> props = answer.json();
            boolean same =
                    props.isKnown()
                            && Json.text(props.value(), "model_path")
                                    .filter(runner.file()::equals)
                                    .isPresent();
            if (same) {
                verified.add(runner);
            } else {
                boolean loading = LlamaAnswers.isLoading(answer);
                String why = loading ? "the model is being loaded" : ELSEWHERE;
                said.put(
                        runner,
                        new Said(
                                loading,
                                true,
                                Reading.failed(why),
                                Reading.failed(why),
                                Optional.empty()));
            }
        }
        return said;
    }

    private Said said(OllamaRunners.Runner runner, Answers answers) {
        Optional<Answer> metrics = answers.find("/metrics");
        String objection = runner.sleep().objection().orElse("not asked this time");
        return new Said(
                answers.byPath().values().stream().anyMatch(LlamaAnswers::isLoading),
                answers.anyWhole(),
                answers.find("/slots")
                        .map(LlamaAnswers::slots)
                        .orElse(Reading.unsupported(objection)),
                metrics.map(LlamaAnswers::metrics)
                        .orElse(
                                Reading.unsupported(
                                        policy.llamaMetrics()
                                                ? objection
                                                : LlamaAnswers.NO_METRICS)),
                metrics.flatMap(m -> m.header("Process-Start-Time-Unix")));
    }
}
