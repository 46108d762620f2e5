package dev.stoker.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.host.HandClock;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.wire.RandomRecords;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The loop that looks at a machine, on a clock that a test moves. */
class SamplingTest {
    private static final MachineSample SAMPLE = new RandomRecords(1).sample();

    private final HandClock clock = new HandClock();
    private final long start = clock.nanos();
    private final List<String> heard = new ArrayList<>();
    private final List<Duration> patience = new ArrayList<>();
    private Duration interval = Duration.ofSeconds(5);

    /** Looks, each of which takes so long, until there were so many; then it is ended. */
    private void run(int looks, double seconds) {
        Sampling.Look look =
                allowed -> {
                    if (patience.size() == looks) {
                        throw new InterruptedException();
                    }
                    patience.add(allowed);
                    heard.add("at " + (clock.nanos() - start) / 1_000_000_000L);
                    clock.advance(seconds);
                    if (seconds == 0.5) {
                        throw new IllegalStateException("broken");
                    }
                    return SAMPLE;
                };
        Sampling.Listener listener =
                new Sampling.Listener() {
                    @Override
                    public void taken(MachineSample sample, Duration took) {
                        heard.add("took " + took.toSeconds());
                    }

                    @Override
                    public void broken(RuntimeException defect) {
                        heard.add(defect.getMessage());
                    }

                    @Override
                    public void rounded() {
                        heard.add("round");
                    }
                };
        assertThatThrownBy(() -> new Sampling(look, () -> interval, clock, listener).run())
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void looks_always_comeAtTheirTimesHoweverLongTheyTake() {
        run(3, 2);
        assertThat(heard)
                .containsExactly(
                        "at 0", "took 2", "round", "at 5", "took 2", "round", "at 10", "took 2",
                        "round");
    }

    @Test
    void looks_slowerThanTheirInterval_followEachOtherAndAreNotCaughtUp() {
        run(3, 7);
        assertThat(heard).contains("at 0", "at 7", "at 14");
    }

    @Test
    void look_thatBreaks_isToldAndTakenAgain() {
        run(2, 0.5);
        assertThat(heard).containsExactly("at 0", "broken", "round", "at 5", "broken", "round");
    }

    @Test
    void driver_later_isGivenLessTimeThanAtFirst() {
        interval = Duration.ofMillis(200);
        run(2, 0);
        assertThat(patience).containsExactly(Duration.ofSeconds(10), Duration.ofMillis(200));
    }
}
