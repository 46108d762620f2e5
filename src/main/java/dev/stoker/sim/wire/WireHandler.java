package dev.stoker.sim.wire;

import java.io.IOException;

/**
 * Answers requests. Each call runs in a thread of its own, which is interrupted when the client has
 * gone or the server drops its connections; the handler then just leaves.
 */
@FunctionalInterface
public interface WireHandler {
    void handle(WireRequest request, WireResponse response)
            throws IOException, InterruptedException;
}
