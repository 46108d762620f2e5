package dev.stoker.tui.feed;

import dev.stoker.rules.Alert;
import dev.stoker.watch.Moment;

import java.util.List;
import java.util.Optional;

/**
 * News of a machine. Immutable.
 *
 * @param moment the newest sample with what came before it; empty where there is none
 * @param alerts what is wrong by that sample
 * @param status what kind of news this is, in a word or two: live, recording, the place in a replay
 * @param trouble why nothing newer is known, in a sentence; empty if all is well
 * @param again whether all that was told before is void, since another time begins here
 */
public record Update(
        Optional<Moment> moment, List<Alert> alerts, String status, String trouble, boolean again) {
    public Update {
        alerts = List.copyOf(alerts);
    }
}
