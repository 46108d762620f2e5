package dev.stoker.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.host.HandClock;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.wire.RandomRecords;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class FeedTest {
    private final HandClock clock = new HandClock();
    private final Feed feed = new Feed(clock, Duration.ofSeconds(15));
    private final MachineSample sample = new RandomRecords(1).sample();

    @Test
    void sampling_stuck_isToldWithItsTime() {
        feed.publish(sample);
        clock.advance(15);
        assertThat(feed.trouble()).isEmpty();
        clock.advance(5);
        assertThat(feed.trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("not looked at for 20 s"));
        feed.publish(sample);
        assertThat(feed.trouble()).isEmpty();
    }

    @Test
    void sampling_thatNeverBegan_isToldToo() {
        assertThat(feed.trouble()).isPresent();
        clock.advance(60);
        assertThat(feed.trouble())
                .hasValueSatisfying(why -> assertThat(why).contains("not looked at for 60 s"));
    }

    @Test
    void next_whenOneCameAlready_isThere() throws InterruptedException {
        feed.publish(sample);
        var first = feed.after(null, Duration.ZERO);
        assertThat(first).isPresent();
        assertThat(feed.after(first.orElseThrow(), Duration.ZERO)).isEmpty();
        feed.publish(sample);
        assertThat(feed.after(first.orElseThrow(), Duration.ZERO)).isPresent();
    }
}
