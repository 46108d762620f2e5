package dev.stoker.bench;

/**
 * Learns what a benchmark is doing, for a progress display and for warnings. Called from the
 * threads of the run; must return quickly and must not throw.
 */
public interface BenchListener {
    /**
     * A step begins.
     *
     * @param index the model's place in the run, from 1
     * @param total how many models are run
     * @param step such as {@code loading}, {@code long 2/3}, {@code unloading}
     */
    void step(int index, int total, String model, String step);

    /** Chunks of text arrived in the request that is running; called at every chunk. */
    void chunks(String model, int count);

    /** An event was written to the journal. */
    void event(BenchEvent event);

    /** Something that the user should know now; one sentence. */
    void warning(String sentence);

    /** Something that is good to know, and no reason to worry; one sentence. */
    default void remark(String sentence) {}

    /** Returns one that ignores everything. */
    static BenchListener silent() {
        return new BenchListener() {
            @Override
            public void step(int index, int total, String model, String step) {}

            @Override
            public void chunks(String model, int count) {}

            @Override
            public void event(BenchEvent event) {}

            @Override
            public void warning(String sentence) {}
        };
    }
}
