package dev.stoker.load;

/** Gives the requests of a load test, one after the other. Used by the engine's thread. */
@FunctionalInterface
public interface PromptSource {
    /** Returns the next request, or the first one of the next conversation. */
    Ask next();
}
