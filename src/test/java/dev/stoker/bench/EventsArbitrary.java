package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.bench.BenchEvent.Phase;
import dev.stoker.suite.check.Verdict;
import dev.stoker.suite.spread.Circumstances;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;

/** Makes events of every type with every kind of content. */
final class EventsArbitrary {
    private EventsArbitrary() {}

    static Arbitrary<BenchEvent> events() {
        Arbitrary<Long> at = numbers();
        Arbitrary<String> text = texts();
        Arbitrary<Boolean> truth = Arbitraries.of(true, false);
        Arbitrary<Integer> count = Arbitraries.integers().between(0, Integer.MAX_VALUE);
        Arbitrary<Duration> time = numbers().map(Duration::ofNanos);
        return Arbitraries.oneOf(
                List.of(
                        Combinators.combine(at, truth).as(BenchEvent.RunStarted::new),
                        Combinators.combine(at, text, count).as(BenchEvent.ModelStarted::new),
                        Combinators.combine(at, text, text, truth, time, text)
                                .as(BenchEvent.Restarted::new),
                        Combinators.combine(at, text, time, readings(Duration::ofNanos), truth)
                                .as(BenchEvent.Loaded::new),
                        Combinators.combine(at, text, Arbitraries.of(Phase.values()), marks())
                                .as(BenchEvent.MemoryMarked::new),
                        Combinators.combine(at, readings(Bytes::of), readings(Bytes::of))
                                .as(BenchEvent.MemorySampled::new),
                        Combinators.combine(at, text, text, count, truth, traces())
                                .as(BenchEvent.RequestEnded::new),
                        Combinators.combine(
                                        at, text, text, count, text, verdicts(), circumstances())
                                .as(BenchEvent.Answered::new),
                        Combinators.combine(at, text, text, text).as(BenchEvent.TaskSkipped::new),
                        Combinators.combine(at, text, text, text, text)
                                .as(BenchEvent.StepFailed::new),
                        Combinators.combine(at, text, truth, time, readings(Bytes::of))
                                .as(BenchEvent.Unloaded::new),
                        Combinators.combine(at, text, Arbitraries.of(Outcome.values()), text)
                                .as(BenchEvent.ModelEnded::new),
                        Combinators.combine(at, truth, time).as(BenchEvent.RunEnded::new)));
    }

    private static Arbitrary<List<Verdict>> verdicts() {
        return Combinators.combine(
                        Arbitraries.of(Verdict.State.values()), texts(), texts(), texts())
                .as(Verdict::new)
                .list()
                .ofMaxSize(3);
    }

    private static Arbitrary<Circumstances> circumstances() {
        Arbitrary<Reading<Long>> number = readings(n -> n);
        return Combinators.combine(number, number, number, number, number, number)
                .as(Circumstances::new);
    }

    static Arbitrary<RequestTrace> traces() {
        Arbitrary<long[]> chunks =
                Arbitraries.longs().between(0, 1L << 50).array(long[].class).ofMaxSize(20);
        Arbitrary<RequestTrace.Outcome> outcome =
                Arbitraries.oneOf(
                        texts().map(RequestTrace.Outcome.Ok::new),
                        Combinators.combine(texts(), texts()).as(RequestTrace.Outcome.Failed::new));
        Arbitrary<long[]> stamps = numbers().array(long[].class).ofSize(7);
        return Combinators.combine(stamps, chunks, timings(), outcome)
                .as((s, c, t, o) ->
                        new RequestTrace(s[0], s[1], s[2], s[3], c, s[4], s[5], s[6], t, o));
    }

    private static Arbitrary<ServerTimings> timings() {
        return Combinators.combine(
                        readings(Duration::ofNanos),
                        readings(Duration::ofNanos),
                        readings(n -> n),
                        readings(n -> n),
                        readings(Duration::ofNanos),
                        readings(n -> n),
                        readings(Duration::ofNanos))
                .as(ServerTimings::new);
    }

    private static Arbitrary<MemoryMark> marks() {
        Arbitrary<Reading<Bytes>> bytes = readings(Bytes::of);
        return Combinators.combine(bytes, bytes, bytes, bytes, bytes).as(MemoryMark::new);
    }

    private static <T> Arbitrary<Reading<T>> readings(LongFunction<T> value) {
        return Arbitraries.oneOf(
                numbers().map(n -> Reading.known(value.apply(n))),
                texts().map(Reading::unsupported),
                texts().map(Reading::failed));
    }

    private static Arbitrary<Long> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.longs(), Arbitraries.of(0L, 1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE));
    }

    /** Texts of anything but halves of surrogate pairs, which UTF-8 has no form for. */
    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars('"', '\\', '\n', '\r', '\u2028', '\u001b', 'é', '{', '}', ' ')
                .withCharRange('a', 'z')
                .ofMaxLength(12);
    }
}
