package dev.stoker.bench;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.control.ServerControl;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;
import dev.stoker.host.HostSource;
import dev.stoker.memory.MemoryEstimator;
import dev.stoker.server.InferenceServer;

import java.util.List;

/**
 * Everything that a benchmark needs from outside.
 *
 * @param server the server under test
 * @param clock the clock of all measurements: the server's exchanges use the same one
 * @param host the server's host
 * @param control how it can be restarted
 * @param estimator says what a model will take
 * @param cached tells the cached share of prompts where the server's API does not
 * @param stokerVersion written into the results
 * @param gpus tells how much others use the GPUs of the server's host
 * @param commands runs commands on this machine: code that models write, where that is allowed
 */
public record BenchContext(
        InferenceServer server,
        Clock clock,
        HostSource host,
        ServerControl control,
        MemoryEstimator estimator,
        CachedShares cached,
        String stokerVersion,
        OtherGpuUse gpus,
        CommandRunner commands) {

    /** A context in which no command can be run and no GPU be seen. */
    public BenchContext(
            InferenceServer server,
            Clock clock,
            HostSource host,
            ServerControl control,
            MemoryEstimator estimator,
            CachedShares cached,
            String stokerVersion) {
        this(
                server,
                clock,
                host,
                control,
                estimator,
                cached,
                stokerVersion,
                OtherGpuUse.unknown("the GPUs are not looked at"),
                (command, limit, cancellation) ->
                        new CommandEnd.NotStarted("no command can be run here"));
    }

    /** Tells from the server's own log how many tokens of each prompt were cached. */
    public interface CachedShares {
        /** Returns a mark of the log as it is now. */
        long mark();

        /**
         * Returns the cached counts of the requests since a mark, in order; or why they are
         * unknown.
         */
        Reading<List<Long>> since(long mark);

        /** Returns one that knows nothing. */
        static CachedShares unknown(String reason) {
            return new CachedShares() {
                @Override
                public long mark() {
                    return 0;
                }

                @Override
                public Reading<List<Long>> since(long mark) {
                    return Reading.unsupported(reason);
                }
            };
        }
    }
}
