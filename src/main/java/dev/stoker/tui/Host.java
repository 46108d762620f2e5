package dev.stoker.tui;

import dev.stoker.base.Clock;
import dev.stoker.rules.Alert;
import dev.stoker.tui.feed.Update;
import dev.stoker.tui.screen.Role;
import dev.stoker.tui.view.History;
import dev.stoker.tui.view.Scene;
import dev.stoker.watch.Event;
import dev.stoker.watch.Moment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What is known of one machine so far. Used by one thread. */
final class Host {
    private static final int MOST_EVENTS = 500;

    private final String name;
    private final Clock clock;
    private final boolean replayed;
    private final Deque<Event> events = new ArrayDeque<>();
    private History history = new History();
    private Optional<Moment> moment = Optional.empty();
    private List<Alert> alerts = List.of();
    private String status = "";
    private String trouble = "";
    private long heard;

    Host(String name, boolean replayed, Clock clock) {
        this.name = name;
        this.replayed = replayed;
        this.clock = clock;
    }

    void take(Update update) {
        if (update.again()) {
            history = new History();
            events.clear();
            moment = Optional.empty();
        }
        status = update.status();
        trouble = update.trouble();
        if (update.moment().isPresent()) {
            Moment now = update.moment().get();
            moment = update.moment();
            alerts = update.alerts();
            heard = clock.nanos();
            history.add(now);
            for (Event event : now.events()) {
                events.addFirst(event);
                if (events.size() > MOST_EVENTS) {
                    events.removeLast();
                }
            }
        }
    }

    /**
     * Returns what is to be shown.
     *
     * @param paused whether the person holds the screen
     * @param interval how often news should come
     */
    Scene scene(boolean paused, Duration interval) {
        long age = (clock.nanos() - heard) / 1_000_000_000;
        boolean late = moment.isPresent() && !replayed && age > 3 + 2 * interval.toSeconds();
        String word = paused ? "paused" : late ? "last seen " + age + " s ago" : status;
        Role role =
                paused || replayed
                        ? Role.WARNING
                        : late || !trouble.isEmpty() ? Role.BAD : Role.GOOD;
        return new Scene(
                name,
                moment,
                alerts,
                history,
                List.copyOf(events),
                shownTime(paused),
                word,
                role,
                trouble);
    }

    /** Of a recording or a held screen the time of its sample; else the time it is. */
    private Instant shownTime(boolean paused) {
        return replayed || paused
                ? moment.map(m -> m.machine().time()).orElse(clock.now())
                : clock.now();
    }
}
