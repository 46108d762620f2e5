package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ServerIdentity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a server was doing at one moment. Immutable.
 *
 * @param endpoint where
 * @param identity who answers there; of a server that is down, who answered last
 * @param takenAt the wall time of the sample, for labels
 * @param nanos the monotonic time of the sample, on the server's clock: simulated time for a
 *     simulated box
 * @param health whether it works
 * @param answerTime how long its simplest answer took, in wall time
 * @param models those in memory, loading or failed
 * @param work how much it has to do in all
 * @param counters what it counts for all its models together
 * @param settings what it shows of its settings
 */
public record ServerState(
        Endpoint endpoint,
        Reading<ServerIdentity> identity,
        Instant takenAt,
        long nanos,
        Health health,
        Reading<Duration> answerTime,
        Reading<List<ModelState>> models,
        Work work,
        Counters counters,
        ToldSettings settings) {
    public ServerState {
        models = models.map(List::copyOf);
    }

    /**
     * Returns the sample of a server of which nothing but its health is known.
     *
     * @param identity who answered there last
     * @param nanos on the server's clock
     */
    public static ServerState without(
            Endpoint endpoint,
            Reading<ServerIdentity> identity,
            Instant takenAt,
            long nanos,
            Health health) {
        String why = health.reason();
        return new ServerState(
                endpoint,
                identity,
                takenAt,
                nanos,
                health,
                Reading.failed(why),
                Reading.failed(why),
                Work.failed(why),
                Counters.failed(why),
                ToldSettings.unsupported(why));
    }
}
