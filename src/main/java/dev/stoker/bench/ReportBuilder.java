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
import dev.stoker.trace.RequestTrace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private BenchReport build() {
        RunHeader header = contents.header();
        List<ModelResult> results = new ArrayList<>();
        List<String> pending = new ArrayList<>();
        for (RunHeader.Model model : header.models()) {
            boolean touched = of(ModelStarted.class, model.name()).findAny().isPresent();
            Optional<ModelEnded> end = of(ModelEnded.class, model.name()).reduce((a, b) -> b);
            if (end.isEmpty()) {
                pending.add(model.name());
            }
            if (end.isPresent() || touched) {
                results.add(result(model, end));
            }
        }
        long nanos = 0;
        for (BenchEvent e : events) {
            nanos += e instanceof RunEnded r ? r.time().toNanos() : 0;
        }
        return new BenchReport(
                header.id(),
                header,
                pending.isEmpty(),
                Duration.ofNanos(nanos),
                extreme(MemoryMark::serverResident, true),
                extreme(MemoryMark::hostAvailable, false),
                results,
                pending,
                contents.unreadableLines());
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
            case RequestEnded e -> e.model();
            case BenchEvent.StepFailed e -> e.model();
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
        Map<String, Map<Integer, RequestTrace>> good = goodTraces(name);
        List<RequestEnded> requests = of(RequestEnded.class, name).toList();
        ModelResult.Memory memory =
                new ModelResult.Memory(
                        mark(name, Phase.BEFORE),
                        mark(name, Phase.LOADED),
                        mark(name, Phase.PEAK),
                        mark(name, Phase.AFTER));
        Reading<MemoryMark> loaded = memory.loaded();
        List<Loaded> cold = of(Loaded.class, name).filter(l -> !l.alreadyLoaded()).toList();
        String first = contents.header().request().prompts().getFirst().name();
        return new ModelResult(
                name,
                model.quantization(),
                end.map(ModelEnded::outcome).orElse(Outcome.SKIPPED),
                end.map(ModelEnded::reason).orElse("not finished"),
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
                requests.stream().allMatch(RequestEnded::alone));
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

    /** The good measured requests, each prompt and iteration once: the first good one counts. */
    private Map<String, Map<Integer, RequestTrace>> goodTraces(String model) {
        Map<String, Map<Integer, RequestTrace>> good = new LinkedHashMap<>();
        of(RequestEnded.class, model)
                .filter(r -> r.iteration() > 0 && r.trace().isOk())
                .forEach(r ->
                        good.computeIfAbsent(r.prompt(), p -> new LinkedHashMap<>())
                                .putIfAbsent(r.iteration(), r.trace()));
        return good;
    }

    private Reading<MemoryMark> mark(String model, Phase phase) {
        return of(MemoryMarked.class, model)
                .filter(m -> m.phase() == phase)
                .reduce((a, b) -> b)
                .<Reading<MemoryMark>>map(m -> Reading.known(m.mark()))
                .orElse(Reading.unsupported("this phase was not reached"));
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
        for (BenchPrompt prompt : contents.header().request().prompts()) {
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
        ModelResult.Memory memory =
                new ModelResult.Memory(
                        mark(model, Phase.BEFORE),
                        mark(model, Phase.LOADED),
                        mark(model, Phase.PEAK),
                        mark(model, Phase.AFTER));
        long tenth = memory.grown().orElse(Bytes.ZERO).count() / 10;
        return Bytes.mib(64).max(Bytes.of(tenth));
    }
}
