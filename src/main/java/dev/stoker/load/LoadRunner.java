package dev.stoker.load;

import dev.stoker.base.Cancellation;
import dev.stoker.http.BlockingCarrier;
import dev.stoker.http.Carrier;
import dev.stoker.http.Endpoint;
import dev.stoker.http.ExchangeLoop;
import dev.stoker.server.InferenceServer;

import java.util.function.Consumer;

/**
 * Runs the steps of one load test over one carrier, so that a later step finds the connections of
 * an earlier one open. Used by one thread, which becomes the event loop.
 */
public final class LoadRunner implements AutoCloseable {
    private final InferenceServer server;
    private final LoadSettings settings;
    private final PromptSource prompts;
    private final Consumer<LoadEvent> journal;
    private final Consumer<LoadProgress> progress;
    private final Cancellation cancellation;
    private final Carrier carrier;
    private int steps;

    public LoadRunner(
            InferenceServer server,
            LoadSettings settings,
            PromptSource prompts,
            Consumer<LoadEvent> journal,
            Consumer<LoadProgress> progress,
            Cancellation cancellation) {
        this.server = server;
        this.settings = settings;
        this.prompts = prompts;
        this.journal = journal;
        this.progress = progress;
        this.cancellation = cancellation;
        Endpoint endpoint = server.identity().endpoint();
        carrier =
                endpoint.tls()
                        ? new BlockingCarrier(endpoint, server.clock())
                        : new ExchangeLoop(endpoint, server.clock());
    }

    /** Runs a step to its end. */
    public LoadEvent.StepEnded run(LoadStep step) {
        return new StepRun(
                        step,
                        steps++,
                        settings,
                        server,
                        carrier,
                        prompts,
                        journal,
                        progress,
                        cancellation)
                .run();
    }

    @Override
    public void close() {
        carrier.close();
    }
}
