package dev.stoker.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Counting times in bins of equal ratio. */
class RatioHistogramTest {

    @Test
    void quantile_ofManyTimes_isCloseToTheTrueOne() {
        RatioHistogram h = RatioHistogram.fine();
        for (int i = 1; i <= 100_000; i++) {
            h.add(i * 10_000L);
        }
        assertThat(h.count()).isEqualTo(100_000);
        assertThat(h.quantile(0.5)).isCloseTo(5e8, Percentage.withPercentage(0.05));
        assertThat(h.quantile(0.99)).isCloseTo(9.9e8, Percentage.withPercentage(0.05));
        assertThat(h.below(2.5e8)).isCloseTo(25_000, Offset.offset(20.0));
    }

    @Test
    void below_theEnds_isNothingAndAll() {
        RatioHistogram h = RatioHistogram.coarse();
        h.add(5_000_000);
        h.add(7_000_000);
        assertThat(h.below(5_000_000)).isZero();
        assertThat(h.below(7_000_001)).isEqualTo(2);
        assertThat(h.below(6_000_000)).isEqualTo(1);
    }

    @Test
    void add_timesBeyondTheBins_areCountedAtTheEndsWithTheirTrueExtremes() {
        RatioHistogram h = RatioHistogram.coarse();
        h.add(0);
        h.add(Long.MAX_VALUE);
        assertThat(h.count()).isEqualTo(2);
        assertThat(h.min()).isZero();
        assertThat(h.max()).isEqualTo(Long.MAX_VALUE);
        assertThat(h.quantile(0)).isGreaterThanOrEqualTo(0);
    }

    @Test
    void histogram_ofNothing_hasNothing() {
        RatioHistogram h = RatioHistogram.coarse();
        assertThat(h.quantile(0.5)).isZero();
        assertThat(h.below(1)).isZero();
        assertThat(h.max()).isZero();
    }
}
