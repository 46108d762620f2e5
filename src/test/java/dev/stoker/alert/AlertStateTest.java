package dev.stoker.alert;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

class AlertStateTest {
    private static final Instant START = Instant.parse("2026-11-26T08:00:00Z");
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Set<String> LOG = Set.of("log");

    static Notice notice(String key, Severity severity) {
        return new Notice(key, "model.evicted", severity, key, "It is gone.", "", START);
    }

    private static Notice notice(String key) {
        return notice(key, Severity.WARNING);
    }

    private static AlertState look(AlertState state, int second, Notice... active) {
        return state.next(List.of(active), START.plusSeconds(second), SETTLE, LOG);
    }

    private static List<Message> unsent(AlertState state) {
        return state.unsent().getOrDefault("log", List.of());
    }

    @Test
    void next_sameThingAgainAndAgain_toldOnce() {
        AlertState state = AlertState.empty();
        for (int second = 0; second < 100; second += 5) {
            state = look(state, second, notice("a"));
        }
        assertThat(unsent(state)).hasSize(1);
        assertThat(unsent(state).getFirst().resolved()).isFalse();
    }

    @Test
    void next_gone_resolvedOnceAfterItSettled() {
        AlertState state = look(AlertState.empty(), 0, notice("a"));
        state = look(state, 29);
        assertThat(unsent(state)).hasSize(1);
        state = look(look(state, 31), 40);
        assertThat(unsent(state)).hasSize(2);
        assertThat(unsent(state).getLast().resolved()).isTrue();
        assertThat(unsent(state).getLast().line())
                .isEqualTo("resolved: a: model.evicted, after 31 s");
        assertThat(state.raised()).isEmpty();
    }

    @Test
    void next_comesAndGoesWithinTheTime_isOneThing() {
        AlertState state = AlertState.empty();
        for (int second = 0; second < 200; second += 20) {
            state = second % 40 == 0 ? look(state, second, notice("a")) : look(state, second);
        }
        assertThat(unsent(state)).hasSize(1);
    }

    @Test
    void next_getsWorse_toldAgain() {
        AlertState state = look(AlertState.empty(), 0, notice("a"));
        state = look(state, 5, notice("a", Severity.CRITICAL));
        state = look(state, 10, notice("a", Severity.CRITICAL));
        assertThat(unsent(state)).hasSize(2);
        assertThat(unsent(state).getLast().notice().severity()).isEqualTo(Severity.CRITICAL);
    }

    @Test
    void next_swingsBetweenSeverities_toldOfEachOnce() {
        AlertState state = AlertState.empty();
        for (int second = 0; second < 100; second += 10) {
            Severity severity = second % 20 == 0 ? Severity.WARNING : Severity.CRITICAL;
            state = look(state, second, notice("a", severity));
        }
        assertThat(unsent(state))
                .extracting(m -> m.notice().severity())
                .containsExactly(Severity.WARNING, Severity.CRITICAL);
    }

    @Test
    void next_outletOutOfReachForLong_keepsTheNewestAndCountsTheRest() {
        AlertState state = AlertState.empty();
        for (int i = 0; i < AlertState.MOST_UNSENT + 10; i++) {
            state = look(state, 0, notice("n" + i));
        }
        assertThat(unsent(state)).hasSize(AlertState.MOST_UNSENT);
        assertThat(state.dropped()).isEqualTo(10);
        assertThat(unsent(state).getLast().notice().key())
                .isEqualTo("n" + (AlertState.MOST_UNSENT + 9));
    }

    @Test
    void next_outletThatIsNoneAnyMore_isNotWaitedFor() {
        AlertState state = look(AlertState.empty(), 0, notice("a"));
        state = state.next(List.of(), START.plusSeconds(1), SETTLE, Set.of("other"));
        assertThat(state.unsent()).isEmpty();
    }

    /** Whatever comes and goes: beginnings and ends of a thing alternate, and start with one. */
    @Property(tries = 300)
    void next_anyCourse_beginningsAndEndsAlternate(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 7) Integer> looks) {
        AlertState state = AlertState.empty();
        int second = 0;
        for (int look : looks) {
            List<Notice> active = new ArrayList<>();
            for (int bit = 0; bit < 3; bit++) {
                if ((look >> bit & 1) == 1) {
                    active.add(notice("k" + bit));
                }
            }
            state = look(state, second, active.toArray(Notice[]::new));
            second += 17;
        }
        Map<String, Boolean> open = new HashMap<>();
        for (Message message : unsent(state)) {
            boolean was = open.getOrDefault(message.notice().key(), false);
            assertThat(message.resolved()).isEqualTo(was);
            open.put(message.notice().key(), !message.resolved());
        }
        Set<String> raised = state.raised().keySet();
        open.forEach((key, is) -> assertThat(raised.contains(key)).isEqualTo(is));
        assertThat(unsent(state).stream().map(Message::id).distinct().count())
                .isEqualTo(unsent(state).size());
    }
}
