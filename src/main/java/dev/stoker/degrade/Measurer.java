package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.host.ServerLog.Layers;
import dev.stoker.load.Nonces;
import dev.stoker.load.TraceRecorder;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamEvent;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.time.Duration;
import java.util.List;

/**
 * Measures the speed of the loaded model by one request, with a look at the machine. Used by one
 * thread.
 */
final class Measurer {
    /** About 75 tokens with the nonce: as long as what the story's operators asked. */
    private static final String PROMPT =
            "Describe in plain words how a steam engine turns heat into motion. Begin with the fire"
                    + " and the boiler, then the cylinder, the piston, the valve gear and the"
                    + " flywheel, and end with where the steam goes.";

    private static final String WARM_UP = "Say hello.";
    private static final long WARM_UP_TOKENS = 8;
    private static final long SEED = 42;

    /** Drivers show the load of the last second or two: that of the request before. */
    private static final Duration SETTLE = Duration.ofSeconds(3);

    private static final Duration STALL = Duration.ofMinutes(5);

    private final DegradeContext context;
    private final String model;
    private final int tokens;
    private final Cancellation cancellation;
    private final Eyes eyes;
    private final Nonces nonces = new Nonces();

    Measurer(
            DegradeContext context,
            String model,
            int tokens,
            Eyes eyes,
            Cancellation cancellation) {
        this.context = context;
        this.model = model;
        this.tokens = tokens;
        this.eyes = eyes;
        this.cancellation = cancellation;
    }

    /** What a request gave. */
    record Rates(long atEpochMillis, double decode, Reading<Double> prompt, Look look) {}

    /** The first request after a load sets things up, and is not counted. */
    void warmUp() throws ServerException {
        TraceRecorder recorder = new TraceRecorder(context.clock());
        context.server().stream(request(WARM_UP, WARM_UP_TOKENS), recorder, recorder, cancellation);
        requireGood(recorder);
    }

    Rates measure(Reading<Layers> layers) throws ServerException, InterruptedException {
        context.clock().sleep(SETTLE);
        Eyes.Before before = eyes.before();
        long mark = context.words().mark();
        long at = context.clock().now().toEpochMilli();
        TraceRecorder recorder = new TraceRecorder(context.clock());
        context.server().stream(
                request(PROMPT, tokens),
                recorder,
                event -> {
                    recorder.on(event);
                    if ((event instanceof StreamEvent.Token
                                    || event instanceof StreamEvent.Reasoning)
                            && recorder.chunkCount() % Math.max(1, tokens / 4) == tokens / 8) {
                        eyes.glance();
                    }
                },
                cancellation);
        GpuPicture during = eyes.glanced();
        requireGood(recorder);
        RequestTrace trace = recorder.trace();
        Reading<Double> decode = trace.timings().decodeTokensPerSecond();
        if (!decode.isKnown()) {
            decode = trace.decodeTokensPerSecond();
        }
        if (!decode.isKnown() || !(decode.value() > 0)) {
            throw new ServerException(
                    new ServerFailure.BadAnswer(
                            200, "no decode rate can be told: " + decode.reason()));
        }
        return new Rates(
                at, decode.value(), prompt(trace, mark), eyes.after(before, during, layers));
    }

    /** The cached share comes from the answer, else from the log. */
    private Reading<Double> prompt(RequestTrace trace, long mark) {
        ServerTimings timings = trace.timings();
        if (!timings.cachedTokens().isKnown()) {
            Reading<List<Long>> log = context.words().cachedSince(mark);
            timings =
                    timings.withCachedTokens(
                            log.flatMap(counts ->
                                    counts.size() == 1
                                            ? Reading.known(counts.getFirst())
                                            : Reading.failed(
                                                    "the log shows "
                                                            + counts.size()
                                                            + " requests in the time of this"
                                                            + " one")));
        }
        return timings.promptTokensPerSecond();
    }

    private GenerationRequest request(String prompt, long most) {
        return GenerationRequest.chat(model, prompt)
                .maxTokens(most)
                .nonce(nonces.next())
                .deterministic(SEED)
                .ignoreEos(true)
                .runner(Reloader.OPTIONS)
                .stall(STALL);
    }

    private static void requireGood(TraceRecorder recorder) throws ServerException {
        if (recorder.failure().isPresent()) {
            throw new ServerException(recorder.failure().get());
        }
    }
}
