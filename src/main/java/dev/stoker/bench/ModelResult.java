package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchEvent.Outcome;
import dev.stoker.stats.Spread;
import dev.stoker.suite.spread.Explanation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a benchmark says of one model.
 *
 * @param name as the server names it
 * @param quantization empty if unknown
 * @param outcome what became of it
 * @param reason why it failed or was skipped; empty otherwise
 * @param loadSeconds cold loads as the client saw them
 * @param serverLoadSeconds cold loads as the server reports them
 * @param ttftMillis time to the first token, of the set's first prompt, one figure an iteration
 * @param promptTokensPerSecond the server's prompt rate of the prompt with the most tokens
 * @param decodeTokensPerSecond the client's decode rate, all prompts of an iteration pooled
 * @param serverDecodeTokensPerSecond the server's decode rate, pooled the same way
 * @param memory at each phase
 * @param takenBytes what the model took when it was loaded; unknown if it was in memory before
 * @param modelBytes what the server says that the model takes
 * @param onGpuBytes what it says of that is on GPUs
 * @param cleanup whether the memory came back
 * @param prompts the same by prompt
 * @param requestsOk measured requests that ended well; the warm-up does not count
 * @param requestsFailed requests that failed, those repeated later included
 * @param restarts restarts before or during its turn
 * @param alone whether it was measured alone
 * @param suite how it did in the tests; empty where the run was no suite
 * @param spread why its rates spread; empty where nothing was measured
 */
public record ModelResult(
        String name,
        String quantization,
        Outcome outcome,
        String reason,
        Reading<Spread> loadSeconds,
        Reading<Spread> serverLoadSeconds,
        Reading<Spread> ttftMillis,
        Reading<Spread> promptTokensPerSecond,
        Reading<Spread> decodeTokensPerSecond,
        Reading<Spread> serverDecodeTokensPerSecond,
        Memory memory,
        Reading<Bytes> takenBytes,
        Reading<Bytes> modelBytes,
        Reading<Bytes> onGpuBytes,
        Cleanup cleanup,
        List<PromptResult> prompts,
        int requestsOk,
        int requestsFailed,
        int restarts,
        boolean alone,
        Optional<SuiteResult> suite,
        Optional<Explanation> spread) {
    public ModelResult {
        prompts = List.copyOf(prompts);
    }

    /**
     * Returns what the model takes in all memories: what the server's processes grew by, or what
     * the server says if that is more, as memory on a discrete GPU is no process's resident memory.
     */
    public Reading<Bytes> footprint() {
        if (!(takenBytes instanceof Reading.Known<Bytes>(Bytes grown))) {
            return modelBytes.isKnown() ? modelBytes : takenBytes;
        }
        return modelBytes instanceof Reading.Known<Bytes>(Bytes said)
                ? Reading.known(grown.max(said))
                : takenBytes;
    }

    /** Memory at each phase; unknown where the phase was not reached. */
    public record Memory(
            Reading<MemoryMark> before,
            Reading<MemoryMark> loaded,
            Reading<MemoryMark> peak,
            Reading<MemoryMark> after) {

        /**
         * Returns how much more memory the server holds loaded than before, else how much less the
         * host has: what the model took, if it was loaded in between.
         */
        Reading<Bytes> grown() {
            if (!(before instanceof Reading.Known<MemoryMark>(MemoryMark b))) {
                return Reading.unsupported(before.reason());
            }
            if (!(loaded instanceof Reading.Known<MemoryMark>(MemoryMark l))) {
                return Reading.unsupported(loaded.reason());
            }
            if (l.serverResident() instanceof Reading.Known<Bytes>(Bytes now)
                    && b.serverResident() instanceof Reading.Known<Bytes>(Bytes then)) {
                return Reading.known(now.minus(then).max(Bytes.ZERO));
            }
            if (l.hostAvailable() instanceof Reading.Known<Bytes>(Bytes now)
                    && b.hostAvailable() instanceof Reading.Known<Bytes>(Bytes then)) {
                return Reading.known(then.minus(now).max(Bytes.ZERO));
            }
            return Reading.unsupported(l.serverResident().reason());
        }
    }

    /** How the clean-up went. */
    public sealed interface Cleanup {
        /** The server let the model go, and its memory came back. */
        record Clean(Duration time) implements Cleanup {}

        /** The server let it go, and so much memory did not come back. */
        record Retained(Duration time, Bytes bytes) implements Cleanup {}

        /** The server still lists it. */
        record StillLoaded() implements Cleanup {}

        /** The server let it go; whether the memory came back is not known. */
        record Unverified(Duration time, String reason) implements Cleanup {}

        /** It was not tried, or could not be. */
        record None(String reason) implements Cleanup {}
    }

    /**
     * The figures of one prompt.
     *
     * @param promptTokens the server's count, of the last request
     * @param outputTokens the server's count, over the iterations
     * @param finish the server's last word: stop, length …
     */
    public record PromptResult(
            String name,
            Reading<Long> promptTokens,
            Reading<Spread> outputTokens,
            Reading<Spread> ttftMillis,
            Reading<Spread> ttfaMillis,
            Reading<Spread> e2eMillis,
            Reading<Spread> promptTokensPerSecond,
            Reading<Spread> decodeTokensPerSecond,
            Reading<Spread> serverDecodeTokensPerSecond,
            Reading<Double> cachedShare,
            String finish) {}
}
