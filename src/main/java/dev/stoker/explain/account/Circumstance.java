package dev.stoker.explain.account;

/**
 * What is known around an account. Immutable.
 *
 * @param version of the server; empty if it does not tell
 * @param fromMicros the first time seen, microseconds since 1970 or since the server's start;
 *     {@link Long#MAX_VALUE} if none was
 * @param toMicros the last one
 * @param keepAliveMicros how long a model stays without a request
 * @param keepAliveKnown whether the log tells it, else it is the usual one
 * @param mostModels how many may be loaded at once; 0 if not set
 * @param slots requests at once for a model; 0 if not known
 * @param memoryBytes of all GPUs, or of the host where there is none; 0 if not known
 * @param gpu whether that memory is on GPUs
 * @param wakesForNothing how often a sleeping model was woken up without a request
 */
public record Circumstance(
        Server server,
        String version,
        long fromMicros,
        long toMicros,
        long keepAliveMicros,
        boolean keepAliveKnown,
        long mostModels,
        long slots,
        long memoryBytes,
        boolean gpu,
        long wakesForNothing) {

    /** Whose account it is. */
    public enum Server {
        OLLAMA("Ollama"),
        LLAMA_SERVER("llama-server"),
        ROUTER("llama-server as a router"),
        OTHER("the server");

        private final String title;

        Server(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }
}
