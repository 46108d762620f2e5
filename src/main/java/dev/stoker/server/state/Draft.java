package dev.stoker.server.state;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;

import java.time.Duration;
import java.util.List;

/**
 * What is the same in the samples of all dialects: who was asked, and when. One sample.
 *
 * @param identity who
 * @param wall the machine's clock
 * @param nanos when, on the server's clock
 */
record Draft(ServerIdentity identity, Clock wall, long nanos) {

    ServerState state(
            Health health,
            Duration answerTime,
            Reading<List<ModelState>> models,
            Work work,
            Counters counters,
            ToldSettings settings) {
        return new ServerState(
                identity.endpoint(),
                Reading.known(identity),
                wall.now(),
                nanos,
                health,
                Reading.known(answerTime),
                models,
                work,
                counters,
                settings);
    }

    /** Returns the sample of a server that does not answer. */
    ServerState down(ServerFailure failure) {
        return silent(new Health.Down(failure));
    }

    /** Returns the sample of a server that tells nothing yet. */
    ServerState loading(String detail) {
        return silent(new Health.Loading(detail));
    }

    private ServerState silent(Health health) {
        return ServerState.without(
                identity.endpoint(), Reading.known(identity), wall.now(), nanos, health);
    }
}
