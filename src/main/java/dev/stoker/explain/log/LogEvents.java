package dev.stoker.explain.log;

import java.util.Map;

/**
 * What the lines of a server's log say, in their order. Times are microseconds since 1970 where the
 * server tells the time of day, and microseconds since its start where it tells that alone. Texts
 * come from outside and may hold anything.
 */
public interface LogEvents {

    /**
     * A line of Ollama's own log carried this time.
     *
     * @param micros since 1970
     * @param offsetSeconds of the server's time zone, east of Greenwich
     */
    void time(long micros, int offsetSeconds);

    /** The server began; its settings. */
    void config(Map<String, String> environment);

    /** The server listens. */
    void listening(String version);

    /**
     * A device to compute with was found at the start.
     *
     * @param library {@code CUDA}, {@code cpu} …
     */
    void device(String library, long totalBytes);

    /** A load begins. */
    void loadBegins(LoadLine load);

    /** The load is done. */
    void loadEnds();

    /** The load failed. */
    void loadFailed(String why);

    /** The client that wanted the load went away. */
    void loadAborted();

    /** The name of the model that was loaded. */
    void modelName(String name);

    /** The name that belongs to a file of weights. */
    void modelName(String name, String file);

    /** How many models are loaded now. */
    void loadedModels(int count);

    /** A load needs room. */
    void makesRoom(Room why);

    /** A model must go, and is told which. */
    void victim(String file);

    /** A loaded model's time was over. */
    void expired(String file);

    /** A request asked that a model be unloaded. */
    void unloadAsked(String file);

    /** A runner was found dead. */
    void runnerDied(String how);

    /** A load that should use a GPU got none. */
    void cpuFallback();

    /** The GPU's memory could not be read again. */
    void gpuLost();

    /** Layers of the model that is being loaded. */
    void layers(long onGpu, long all);

    /** A buffer of the model that is being loaded. */
    void buffer(boolean onGpu, long bytes);

    /**
     * The weights of the model that is being loaded begin to be read.
     *
     * @param port which runner, 0 where there is one or it is not told
     * @param at when, or −1
     */
    void weightsBegin(int port, long at);

    /** They are read; what follows makes the model ready. */
    void weightsEnd(int port, long at);

    /** What an older server reckons a model to take. */
    void required(long bytes);

    /** A prompt was cut to fit. */
    void truncated(long limit, long prompt);

    /** The start of an answer was thrown away to go on with it. */
    void contextShift();

    /** A slot began with a task; −1 for numbers that were not told. */
    void slotBegins(int port, long slot, long at);

    /** A slot is free again. */
    void slotEnds(int port, long slot, long at);

    /**
     * A slot is done with its prompt, and tells how long it took.
     *
     * @param port which runner, 0 where there is one or it is not told
     */
    void promptTime(int port, long slot, long micros, long tokens);

    /** The same of the answer. */
    void answerTime(int port, long slot, long micros, long tokens);

    /**
     * The same of both: the last of the three lines.
     *
     * @param at when, or −1
     */
    void totalTime(int port, long slot, long micros, long at);

    /**
     * A request that Ollama answered.
     *
     * @param localSecond its end: seconds since 1970 as if the server's clock showed UTC
     * @param kind what was asked
     * @param client the address that asked; empty if that is not told
     */
    void request(long localSecond, int status, long micros, Ask kind, String client);

    /** A llama-server begins to load a model, at a time since its start. */
    void llamaLoads(int port, String file, long at);

    /** It has loaded it. */
    void llamaReady(int port, long at);

    /** It goes to sleep: the model leaves its memory. */
    void llamaSleeps(int port, long at);

    /** It wakes up. */
    void llamaWakes(int port, long at);

    /** A llama-server's number of slots. */
    void llamaSlots(int port, long slots);

    /** A router starts an instance for a model. */
    void routerLoads(String name, int port, long at);

    /** A router ends a model to make room for another one; empty if it does not say for which. */
    void routerEvicts(String victim, String by, long at);

    /** A request waits for a model of a router. */
    void routerWaits(String name, long at);

    /** A request goes on to its model. */
    void routerSends(String name, int port, long at);

    /** An instance of a router ended. */
    void routerEnded(String name, long status, long at);

    /** Why a load needs room. */
    enum Room {
        /** The memory would not be enough, as the server predicts. */
        PREDICTED,
        /** As many models are loaded as may be. */
        COUNT,
        /** A load ran out of memory, so all others have to go. */
        OUT_OF_MEMORY,
        /** A request ran out of memory, so all have to go. */
        RUNTIME_OUT_OF_MEMORY,
        /** The same model is wanted with other options. */
        OPTIONS
    }

    /** What a request asked for. */
    enum Ask {
        /** Text. */
        ANSWER,
        /** Vectors. */
        EMBEDDING,
        /** Something that computes nothing. */
        OTHER
    }
}
