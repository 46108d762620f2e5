package dev.stoker.bench;

import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Answered;
import dev.stoker.bench.BenchEvent.TaskSkipped;
import dev.stoker.bench.SuiteResult.Failure;
import dev.stoker.bench.SuiteResult.TestResult;
import dev.stoker.stats.Spread;
import dev.stoker.suite.Task;
import dev.stoker.suite.check.Verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Makes the result of a suite's tests for one model from the events of a run. Pure. */
final class SuiteResults {
    private final List<Task> tasks;
    private final Map<String, SortedMap<Integer, TaskMeasure>> measures;
    private final Map<String, SortedMap<Integer, Answered>> answers = new LinkedHashMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();

    private SuiteResults(RunFolder.Contents contents, String model) {
        tasks = contents.header().request().prompts();
        measures = TaskMeasure.of(contents, model);
        for (BenchEvent event : contents.events()) {
            switch (event) {
                case Answered a when a.model().equals(model) && !a.verdicts().isEmpty() ->
                        answers.computeIfAbsent(a.prompt(), p -> new TreeMap<>())
                                .put(a.iteration(), a);
                case TaskSkipped s when s.model().equals(model) ->
                        skipped.put(s.task(), s.reason());
                default -> {}
            }
        }
    }

    /** Returns the result; empty where the run was no suite. */
    static Optional<SuiteResult> of(RunFolder.Contents contents, String model) {
        if (!contents.header().request().checking().isSuite()) {
            return Optional.empty();
        }
        SuiteResults results = new SuiteResults(contents, model);
        List<TestResult> tests = results.tasks.stream().map(results::test).toList();
        return Optional.of(new SuiteResult(tests, results.passRates()));
    }

    private TestResult test(Task task) {
        List<TaskMeasure> measured =
                List.copyOf(measures.getOrDefault(task.name(), new TreeMap<>()).values());
        int passed = 0;
        int judged = 0;
        Set<String> notes = new LinkedHashSet<>();
        List<Failure> failures = new ArrayList<>();
        for (Answered a : answers.getOrDefault(task.name(), new TreeMap<>()).values()) {
            judged += isJudged(a) ? 1 : 0;
            passed += isPassed(a) ? 1 : 0;
            for (Verdict v : a.verdicts()) {
                if (v.state() == Verdict.State.FAILED) {
                    failures.add(
                            new Failure(
                                    a.iteration(), v.check(), v.expected(), v.seen(), a.text()));
                } else if (!v.seen().isEmpty()) {
                    notes.add(
                            v.state() == Verdict.State.NOT_CHECKED
                                    ? v.check() + " not checked: " + v.seen()
                                    : v.seen());
                }
            }
        }
        return new TestResult(
                task.name(),
                answers.containsKey(task.name()) ? "" : skipped.getOrDefault(task.name(), ""),
                passed,
                judged,
                each(measured, m -> m.outputTokens().map(Long::doubleValue)),
                each(measured, m -> Reading.known(m.seconds())),
                each(measured, TaskMeasure::rate),
                each(measured, TaskMeasure::decodeRate),
                List.copyOf(notes),
                failures);
    }

    private static Reading<Spread> each(
            List<TaskMeasure> measured, Function<TaskMeasure, Reading<Double>> figure) {
        return Figures.spreadOfReadings(
                measured.stream().map(figure).toList(), "no request ended well");
    }

    private static boolean isJudged(Answered a) {
        return a.verdicts().stream().anyMatch(v -> v.state() != Verdict.State.NOT_CHECKED);
    }

    private static boolean isPassed(Answered a) {
        return isJudged(a)
                && a.verdicts().stream().noneMatch(v -> v.state() == Verdict.State.FAILED);
    }

    private SortedMap<Integer, Double> passRates() {
        SortedMap<Integer, Integer> judged = new TreeMap<>();
        SortedMap<Integer, Integer> passed = new TreeMap<>();
        Set<String> names = new LinkedHashSet<>();
        answers.forEach((name, byIteration) ->
                byIteration.forEach((i, a) -> {
                    if (isJudged(a)) {
                        names.add(name);
                        judged.merge(i, 1, Integer::sum);
                        passed.merge(i, isPassed(a) ? 1 : 0, Integer::sum);
                    }
                }));
        SortedMap<Integer, Double> rates = new TreeMap<>();
        judged.forEach((i, n) -> {
            if (n == names.size()) {
                rates.put(i, passed.getOrDefault(i, 0) / (double) n);
            }
        });
        return rates;
    }
}
