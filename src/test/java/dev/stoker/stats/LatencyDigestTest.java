package dev.stoker.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

class LatencyDigestTest {
    private static LatencyDigest of(int n) {
        LatencyDigest digest = new LatencyDigest();
        for (int i = 1; i <= n; i++) {
            digest.add(i * 1_000_000L);
        }
        return digest;
    }

    @Test
    void summary_ofNothing_knowsNothing() {
        LatencySummary none = new LatencyDigest().summary();
        assertThat(none.n()).isZero();
        assertThat(none.mean()).isEmpty();
        assertThat(none.min()).isEmpty();
        assertThat(none.p50()).isEmpty();
        assertThat(none.max()).isEmpty();
    }

    @Test
    void percentiles_belowTheirFloor_areWithheld() {
        assertThat(of(63).summary().p90()).isEmpty();
        assertThat(of(64).summary().p90()).hasValue(58);
        assertThat(of(129).summary().p95()).isEmpty();
        assertThat(of(130).summary().p95()).hasValue(124);
        assertThat(of(661).summary().p99()).isEmpty();
        assertThat(of(662).summary().p99()).hasValue(656);
    }

    @Test
    void summary_ofAFew_isExact() {
        LatencySummary s = of(4).summary();
        assertThat(s.mean().orElseThrow()).isCloseTo(2.5, within(1e-9));
        assertThat(s.sd().orElseThrow()).isCloseTo(Math.sqrt(5.0 / 3), within(1e-9));
        assertThat(s.min()).hasValue(1);
        assertThat(s.p50()).hasValue(2);
        assertThat(s.max()).hasValue(4);
        assertThat(of(1).summary().sd()).isEmpty();
    }

    @Test
    void percentiles_ofVeryMany_areWithinAThousandth() {
        SplittableRandom random = new SplittableRandom(1);
        long[] values = random.longs(300_000, 1_000, 5_000_000_000L).toArray();
        LatencyDigest digest = new LatencyDigest();
        Arrays.stream(values).forEach(digest::add);
        Arrays.sort(values);
        LatencySummary s = digest.summary();
        assertThat(s.n()).isEqualTo(300_000);
        assertThat(s.p50().orElseThrow() * 1e6).isCloseTo(values[149_999], within(5e6));
        assertThat(s.p99().orElseThrow() * 1e6).isCloseTo(values[296_999], within(5e6));
        assertThat(s.min().orElseThrow() * 1e6).isCloseTo(values[0], within(1e-3));
        assertThat(s.max().orElseThrow() * 1e6).isCloseTo(values[299_999], within(1e-3));
    }

    @Test
    void add_ofANegativeTime_isRefused() {
        assertThatThrownBy(() -> new LatencyDigest().add(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
