package dev.stoker.load;

import dev.stoker.server.GenerationRequest;

import java.util.Optional;

/**
 * A request of a load test, and what follows it in its conversation. One is made for each request,
 * by the engine's thread.
 *
 * @param request what is sent
 * @param next makes what follows, where something does; it needs the answer's text
 */
public record Ask(GenerationRequest request, Optional<Next> next) {

    /** Makes the next turn of a conversation out of the answer. */
    @FunctionalInterface
    public interface Next {
        /** Returns the next request; empty where the conversation is over. */
        Optional<Ask> after(String answer);
    }

    /** Returns a request that nothing follows. */
    public static Ask single(GenerationRequest request) {
        return new Ask(request, Optional.empty());
    }

    /** Returns whether the text of the answer is needed for what follows. */
    public boolean wantsText() {
        return next.isPresent();
    }
}
