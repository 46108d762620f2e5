package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.http.Carrier;
import dev.stoker.http.ExchangeLoop;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.StreamCall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Runs the engine against itself for a moment before the first measured request: a loop, a decoder
 * of the server's dialect and a recorder, on prepared answers over loopback. What the virtual
 * machine compiles meanwhile is then not compiled in the middle of a measurement. The server under
 * test sees nothing of it.
 *
 * <p>It has a thread of its own, so that what else is to be done before the first request (looking
 * at the host, writing the run's conditions) goes on meanwhile.
 */
public final class EngineWarmUp {
    private static final long LONGEST_NANOS = 200_000_000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final int STREAMS = 8;

    private final InferenceServer server;
    private final Clock clock = Clock.system();
    private int open;
    private final Thread thread = new Thread(this::run, "warm-up");
    private boolean failed;

    private EngineWarmUp(InferenceServer server) {
        this.server = server;
        thread.setDaemon(true);
    }

    /**
     * Begins to warm up, for at most a fifth of a second; does nothing where loopback can not be
     * used.
     */
    public static EngineWarmUp start(InferenceServer server) {
        EngineWarmUp warmUp = new EngineWarmUp(server);
        warmUp.thread.start();
        return warmUp;
    }

    /** Waits for its end, so that it takes no part of a processor from a measurement. */
    public void await() {
        try {
            thread.join(LONGEST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (PreparedAnswers answers = PreparedAnswers.open(false)) {
            long until = clock.nanos() + LONGEST_NANOS;
            try (ExchangeLoop loop = new ExchangeLoop(answers.endpoint(), clock)) {
                loop.run(now -> turn(loop, now, until));
            }
        } catch (IOException | UncheckedIOException e) {
            // It was only a warm-up.
        }
    }

    private long turn(Carrier loop, long now, long until) {
        if (now >= until || failed) {
            return Carrier.STOP;
        }
        while (open < STREAMS) {
            GenerationRequest request = GenerationRequest.chat("warm-up", "Warm up.");
            TraceRecorder recorder = new TraceRecorder(clock, now, false);
            StreamCall call = server.prepare(request, recorder);
            open++;
            // Without the headers: one of them may hold a key.
            HttpRequest bare =
                    HttpRequest.post(
                            call.request().path(),
                            new String(call.request().body(), StandardCharsets.UTF_8));
            loop.start(
                    bare,
                    Timeouts.stream(Duration.ofSeconds(1)),
                    recorder,
                    call.decoder(),
                    (end, nanos) -> {
                        open--;
                        call.decoder().end(end, nanos);
                        failed |= recorder.failure().isPresent();
                    });
        }
        return until;
    }
}
