package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Loaded;
import dev.stoker.bench.BenchEvent.MemoryMarked;
import dev.stoker.bench.BenchEvent.ModelEnded;
import dev.stoker.bench.BenchEvent.ModelStarted;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchEvent.Phase;
import dev.stoker.bench.BenchEvent.RequestEnded;
import dev.stoker.bench.BenchEvent.Restarted;
import dev.stoker.bench.BenchEvent.RunEnded;
import dev.stoker.bench.BenchEvent.Unloaded;
import dev.stoker.bench.ModelResult.Cleanup;
import dev.stoker.bench.ModelResult.PromptResult;
import dev.stoker.stats.Spread;
import dev.stoker.suite.Task;
import dev.stoker.suite.spread.Explanation;
import dev.stoker.suite.spread.Observation;
import dev.stoker.suite.spread.SpreadCauses;
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Makes a report from the files of a run. Pure. */
public final class ReportBuilder {
    private final RunFolder.Contents contents;
    private final List<BenchEvent> events;

    private ReportBuilder(RunFolder.Contents contents) {
        this.contents = contents;
        this.events = contents.events();
    }

    public static BenchReport report(RunFolder.Contents contents) {
        return new ReportBuilder(contents).build();
    }

    /** Returns the traces that a model's figures are made of, by prompt and iteration. */
    static Map<String, Map<Integer, RequestTrace>> counted(
            RunFolder.Contents contents, String model) {
        return traces(new ReportBuilder(contents).good(model));
    }

    private BenchReport build() {
        RunHeader header = contents.header();
        List<ModelResult> results = new ArrayList<>();
        List<String> pending = new ArrayList<>();
        for (RunHeader.Model model : header.models()) {
            boolean touched = of(ModelStarted.class, model.name()).findAny().isPresent();
            Optional<ModelEnded> end =
                    of(ModelEnded.class, model.name())
                            .reduce((a, b) -> b)
                            .or(() -> neverRun(model));
            if (end.isEmpty()) {
                pending.add(model.name());
            }
            if (end.isPresent() || touched) {
                results.add(result(model, end));
            }
        }
        return new BenchReport(
                header.id(),
                header,
                pending.isEmpty(),
                time(),
                extreme(MemoryMark::serverResident, true),
                extreme(MemoryMark::hostAvailable, false),
                results,
                pending,
                contents.unreadableLines());
    }

    /** A part that was killed has no end, and so no time: wall stamps are no durations. */
    private Reading<Duration> time() {
        long starts = events.stream().filter(BenchEvent.RunStarted.class::isInstance).count();
        Duration sum = Duration.ZERO;
        long ends = 0;
        for (BenchEvent e : events) {
            if (e instanceof RunEnded r) {
                sum = sum.plus(r.time());
                ends++;
            }
        }
        if (starts > ends) {
            return Reading.unsupported("the run was cut off, and its time until then is not known");
        }
        return ends == 0 ? Reading.unsupported("it has not run yet") : Reading.known(sum);
    }

    /** A model that the plan leaves out needs no turn. */
    private Optional<ModelEnded> neverRun(RunHeader.Model model) {
        return model.skip().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ModelEnded(
                                contents.header().startedEpochMillis(),
                                model.name(),
                                Outcome.SKIPPED,
                                model.skip()));
    }

    private <E extends BenchEvent> Stream<E> of(Class<E> type, String model) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(e -> modelOf(e).equals(model));
    }

    private static String modelOf(BenchEvent event) {
        return switch (event) {
            case BenchEvent.RunStarted e -> "";
            case ModelStarted e -> e.model();
            case Restarted e -> e.model();
            case Loaded e -> e.model();
            case MemoryMarked e -> e.model();
            case BenchEvent.MemorySampled _ -> "";
            case RequestEnded e -> e.model();
            case BenchEvent.StepFailed e -> e.model();
            case BenchEvent.Answered e -> e.model();
            case BenchEvent.TaskSkipped e -> e.model();
            case Unloaded e -> e.model();
            case ModelEnded e -> e.model();
            case RunEnded e -> "";
        };
    }

    private Reading<Bytes> extreme(Function<MemoryMark, Reading<Bytes>> part, boolean most) {
        Comparator<Bytes> order = Comparator.naturalOrder();
        return events.stream()
                .filter(MemoryMarked.class::isInstance)
                .map(e -> part.apply(((MemoryMarked) e).mark()))
                .filter(Reading::isKnown)
                .map(Reading::value)
                .max(most ? order : order.reversed())
                .<Reading<Bytes>>map(Reading::known)
                .orElse(Reading.unsupported("not known in this run"));
    }

    private ModelResult result(RunHeader.Model model, Optional<ModelEnded> end) {
        String name = model.name();
        Map<String, Map<Integer, RequestEnded>> counted = good(name);
        Map<String, Map<Integer, RequestTrace>> good = traces(counted);
        List<RequestEnded> requests = of(RequestEnded.class, name).toList();
        ModelResult.Memory memory = memory(name);
        Reading<MemoryMark> loaded = memory.loaded();
        List<Loaded> cold = of(Loaded.class, name).filter(l -> !l.alreadyLoaded()).toList();
        String first = contents.header().request().prompts().getFirst().name();
        return new ModelResult(
                name,
                model.quantization(),
                end.map(ModelEnded::outcome).orElse(Outcome.SKIPPED),
                end.map(ModelEnded::reason).orElse("its turn is not over yet"),
                Figures.spread(
                        cold.stream().map(l -> seconds(l.clientTime())).toList(),
                        "it was not loaded cold"),
                Figures.spreadOfReadings(
                        cold.stream().map(l -> l.serverTime().map(ReportBuilder::seconds)).toList(),
                        "it was not loaded cold"),
                Figures.each(good.getOrDefault(first, Map.of()).values(), RequestTrace::ttftMillis),
                promptRate(good),
                Figures.pooled(good, Figures::clientDecode),
                Figures.pooled(good, Figures::serverDecode),
                memory,
                cold.isEmpty() ? Reading.unsupported("it was not loaded cold") : memory.grown(),
                flat(loaded, MemoryMark::modelTotal),
                flat(loaded, MemoryMark::modelOnGpu),
                cleanup(name),
                prompts(good),
                good.values().stream().mapToInt(Map::size).sum(),
                (int) requests.stream().filter(r -> !r.trace().isOk()).count(),
                (int) of(Restarted.class, name).filter(Restarted::ok).count(),
                counted.values().stream()
                        .flatMap(m -> m.values().stream())
                        .allMatch(RequestEnded::alone),
                SuiteResults.of(contents, name),
                spread(name));
    }

    private Optional<Explanation> spread(String model) {
        List<Observation> observations =
                TaskMeasure.of(contents, model).values().stream()
                        .flatMap(byIteration -> byIteration.values().stream())
                        .flatMap(m -> m.observation().stream())
                        .toList();
        return observations.isEmpty()
                ? Optional.empty()
                : Optional.of(SpreadCauses.explain(observations));
    }

    private static double seconds(Duration d) {
        return d.toNanos() / 1e9;
    }

    private static Reading<Bytes> flat(
            Reading<MemoryMark> mark, Function<MemoryMark, Reading<Bytes>> part) {
        return mark instanceof Reading.Known<MemoryMark>(MemoryMark m)
                ? part.apply(m)
                : Reading.unsupported(mark.reason());
    }

    /**
     * The good measured requests, each prompt and iteration once: the first good one counts, but
     * one that was measured alone comes before one that was not.
     */
    private Map<String, Map<Integer, RequestEnded>> good(String model) {
        Map<String, Map<Integer, RequestEnded>> good = new LinkedHashMap<>();
        of(RequestEnded.class, model)
                .filter(r -> r.iteration() > 0 && r.trace().isOk())
                .forEach(r ->
                        good.computeIfAbsent(r.prompt(), p -> new TreeMap<>())
                                .merge(
                                        r.iteration(),
                                        r,
                                        (old, now) -> now.alone() && !old.alone() ? now : old));
        return good;
    }

    private static Map<String, Map<Integer, RequestTrace>> traces(
            Map<String, Map<Integer, RequestEnded>> good) {
        Map<String, Map<Integer, RequestTrace>> traces = new LinkedHashMap<>();
        good.forEach((prompt, requests) -> {
            Map<Integer, RequestTrace> byIteration = new TreeMap<>();
            requests.forEach((i, r) -> byIteration.put(i, r.trace()));
            traces.put(prompt, byIteration);
        });
        return traces;
    }

    private ModelResult.Memory memory(String model) {
        return new ModelResult.Memory(
                mark(model, Phase.BEFORE),
                mark(model, Phase.LOADED),
                peak(model),
                mark(model, Phase.AFTER));
    }

    private Reading<MemoryMark> mark(String model, Phase phase) {
        return marks(model, phase)
                .reduce((a, b) -> b)
                .<Reading<MemoryMark>>map(Reading::known)
                .orElse(Reading.unsupported("this phase was not reached"));
    }

    /** The extremes of all tries, those before an interruption included. */
    private Reading<MemoryMark> peak(String model) {
        return marks(model, Phase.PEAK)
                .reduce(MemoryMark::extremes)
                .<Reading<MemoryMark>>map(Reading::known)
                .orElse(Reading.unsupported("this phase was not reached"));
    }

    private Stream<MemoryMark> marks(String model, Phase phase) {
        return of(MemoryMarked.class, model)
                .filter(m -> m.phase() == phase)
                .map(MemoryMarked::mark);
    }

    private static Reading<Spread> promptRate(Map<String, Map<Integer, RequestTrace>> good) {
        return good.values().stream()
                .max(Comparator.comparingLong(Figures::promptTokens))
                .map(traces ->
                        Figures.each(traces.values(), t -> t.timings().promptTokensPerSecond()))
                .orElse(Reading.unsupported("no request ended well"));
    }

    private List<PromptResult> prompts(Map<String, Map<Integer, RequestTrace>> good) {
        List<PromptResult> results = new ArrayList<>();
        for (Task prompt : contents.header().request().prompts()) {
            Map<Integer, RequestTrace> traces = good.get(prompt.name());
            if (traces != null) {
                results.add(Figures.prompt(prompt.name(), traces.values()));
            }
        }
        return results;
    }

    private Cleanup cleanup(String model) {
        Optional<Unloaded> last = of(Unloaded.class, model).reduce((a, b) -> b);
        if (last.isEmpty()) {
            return new Cleanup.None("it was not unloaded");
        }
        Unloaded u = last.get();
        if (!u.gone()) {
            return new Cleanup.StillLoaded();
        }
        if (!(u.retained() instanceof Reading.Known<Bytes>(Bytes bytes))) {
            return new Cleanup.Unverified(u.time(), u.retained().reason());
        }
        return bytes.compareTo(tolerance(model)) <= 0
                ? new Cleanup.Clean(u.time())
                : new Cleanup.Retained(u.time(), bytes);
    }

    /** A tenth of what the model took, at least 64 MiB, counts as come back. */
    private Bytes tolerance(String model) {
        long tenth = memory(model).grown().orElse(Bytes.ZERO).count() / 10;
        return Bytes.mib(64).max(Bytes.of(tenth));
    }
}
