package dev.stoker.tui.view;

import dev.stoker.rules.Alert;
import dev.stoker.tui.screen.Role;
import dev.stoker.watch.Event;
import dev.stoker.watch.Moment;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A host as it is known now.
 *
 * @param host its name
 * @param moment the newest sample; empty before the first one
 * @param alerts what is wrong by that sample, the worst first
 * @param history the course of its figures
 * @param events what has happened, the newest first
 * @param now the time that is shown: of a recording the one of its sample
 * @param status whether it is live, paused, recorded, replayed or lost, in a word or two
 * @param statusRole how that looks
 * @param trouble why nothing newer is known; empty if all is well
 */
public record Scene(
        String host,
        Optional<Moment> moment,
        List<Alert> alerts,
        History history,
        List<Event> events,
        Instant now,
        String status,
        Role statusRole,
        String trouble) {}
