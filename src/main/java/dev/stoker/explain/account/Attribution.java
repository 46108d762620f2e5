package dev.stoker.explain.account;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Where the time of requests went. Immutable.
 *
 * @param around whose time it is
 * @param requests that were answered or failed
 * @param failed of them
 * @param totalMillis the time of all requests together
 * @param parts what it was spent on
 * @param waited requests that waited for a load
 * @param swapShare of the time, spent on waiting for models that had been loaded before
 * @param models the models that were loaded, those that cost most first
 * @param evictions who pushed whom out
 * @param causes what cost time, or an answer's quality; the largest share first
 * @param verdict one sentence
 * @param next what to do: settings and commands
 */
public record Attribution(
        Circumstance around,
        long requests,
        long failed,
        double totalMillis,
        Parts parts,
        long waited,
        double swapShare,
        List<Model> models,
        List<Eviction> evictions,
        List<Cause> causes,
        String verdict,
        List<String> next) {
    public Attribution {
        models = List.copyOf(models);
        evictions = List.copyOf(evictions);
        causes = List.copyOf(causes);
        next = List.copyOf(next);
    }

    /**
     * Shares of the whole time; those that are known are 1 together. Empty is not known: a server's
     * log does not see the connection and the client.
     *
     * @param connect until the connection stood
     * @param queue waiting for a slot while others ran
     * @param load waiting for a model
     * @param stages of that
     * @param prompt reading the prompt
     * @param decode writing the answer
     * @param client on the way, and in the client
     * @param unsplit of prompt and answer together, where they are not told apart
     * @param other the server's own work, and what can not be told
     */
    public record Parts(
            OptionalDouble connect,
            OptionalDouble queue,
            OptionalDouble load,
            LoadParts stages,
            OptionalDouble prompt,
            OptionalDouble decode,
            OptionalDouble client,
            OptionalDouble unsplit,
            OptionalDouble other) {}

    /**
     * What a load was spent on. Empty is not known.
     *
     * @param evict making room: other models leave, and end their answers before
     * @param read reading the weights
     * @param initialise all else, until the model can answer
     */
    public record LoadParts(OptionalDouble evict, OptionalDouble read, OptionalDouble initialise) {
        public static final LoadParts UNKNOWN =
                new LoadParts(
                        OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

        /** Returns all of them so many times as large. */
        public LoadParts times(double factor) {
            return new LoadParts(
                    times(evict, factor), times(read, factor), times(initialise, factor));
        }

        private static OptionalDouble times(OptionalDouble one, double factor) {
            return one.isEmpty() ? one : OptionalDouble.of(one.getAsDouble() * factor);
        }
    }

    /**
     * A model that was loaded.
     *
     * @param loads how often
     * @param again how often of them it had been there before, and could have stayed
     * @param loadSeconds how long a load took, on average
     * @param waitedMillis how long requests waited for it
     * @param bytes in memory; 0 if the log does not tell
     * @param mainWhy why it was loaded again, mostly; empty if it was not
     */
    public record Model(
            String name,
            long loads,
            long again,
            double loadSeconds,
            double waitedMillis,
            long bytes,
            String mainWhy) {}

    /**
     * One model took the place of another one, so often.
     *
     * @param clients the addresses from where it was asked for; empty if they are not known
     */
    public record Eviction(String by, String victim, long times, List<String> clients) {
        public Eviction {
            clients = List.copyOf(clients);
        }

        /** Returns who asked, in words that follow; empty if nobody is known. */
        public String requested() {
            return clients.isEmpty() ? "" : ", requested by " + String.join(", ", clients);
        }
    }

    /**
     * What cost time or quality.
     *
     * @param code stable
     * @param share of the whole time; empty where it costs no time, or none that can be told
     * @param evidence a sentence with the figures
     */
    public record Cause(String code, OptionalDouble share, String evidence) {}
}
