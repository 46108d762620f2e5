package dev.stoker.history;

import dev.stoker.base.Reading;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Made-up runs for tests. */
public final class Runs {
    public static final Metric DECODE =
            new Metric("decode_tokens_per_second", "decode tok/s", Metric.Better.HIGHER, true);
    public static final Metric TTFT = new Metric("ttft_ms", "TTFT ms", Metric.Better.LOWER, true);
    public static final Metric MEMORY =
            new Metric("memory_bytes", "memory", Metric.Better.NEITHER, false);

    private Runs() {}

    public static Setting setting(String... pairs) {
        LinkedHashMap<String, Reading<String>> facts = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            facts.put(
                    pairs[i],
                    pairs[i + 1].startsWith("?")
                            ? Reading.unsupported(pairs[i + 1].substring(1))
                            : Reading.known(pairs[i + 1]));
        }
        return Setting.of(facts);
    }

    /** A series whose units began a second apart, from this wall time on. */
    public static Series series(Metric metric, long from, double... values) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            samples.add(new Sample("iteration " + (i + 1), from + 1000L * i, values[i]));
        }
        return samples.isEmpty()
                ? Series.absent(metric, "no request ended well")
                : Series.of(metric, samples);
    }

    public static Subject subject(String name, Series... series) {
        return new Subject(
                name,
                Subject.Outcome.PASSED,
                "",
                setting("quantisation", "Q4_K_M", "digest", "?the server does not tell it"),
                9,
                0,
                List.of(series));
    }

    public static Run run(String id, long started, Subject... subjects) {
        return new Run(
                id,
                "bench",
                started,
                true,
                false,
                setting("host", "box", "server", "Ollama 0.33.0", "gpu", "?no GPU was found"),
                List.of(subjects),
                List.of(),
                "");
    }

    /** A run of one model with these decode rates. */
    public static Run decoding(String id, long started, double... rates) {
        return run(id, started, subject("phi4:14b", series(DECODE, started, rates)));
    }

    public static RequestTrace trace(int seed, boolean ok) {
        long[] chunks = new long[128];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = 100_000_000L + seed + i * 20_000_000L + (i * 7919L * (seed + 1)) % 300_000;
        }
        ServerTimings timings =
                new ServerTimings(
                        Reading.known(Duration.ofMillis(2700)),
                        Reading.unsupported("it was loaded before"),
                        Reading.known(23L),
                        Reading.failed("the log could not be read"),
                        Reading.known(Duration.ofMillis(80)),
                        Reading.known(128L),
                        Reading.known(Duration.ofMillis(2540)));
        return new RequestTrace(
                1_700_000_000_000L + seed,
                400_000,
                500_000,
                90_000_000,
                chunks,
                -1,
                chunks[127] + 1_000_000,
                600,
                timings,
                ok
                        ? new RequestTrace.Outcome.Ok("length")
                        : new RequestTrace.Outcome.Failed("stream-cut", "The stream was cut."));
    }

    public static StoredRequest request(String model, int iteration) {
        return new StoredRequest(
                model,
                "short",
                iteration,
                true,
                1000L + iteration,
                trace(iteration, iteration != 3));
    }
}
