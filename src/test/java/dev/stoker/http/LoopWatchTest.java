package dev.stoker.http;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

import org.junit.jupiter.api.Test;

class LoopWatchTest {

    @Property
    void percentile_ofOneLag_isAtMostAFifthTooHigh(
            @ForAll @LongRange(max = 60_000_000_000L) long lag) {
        LoopWatch watch = new LoopWatch(0);
        watch.reads(10, lag);
        watch.overslept(120_000_000_000L);
        long p99 = watch.take(1).lagP99Nanos();
        assertThat(p99).isBetween(lag, lag + lag / 4 + 1);
    }

    @Test
    void percentiles_ofManyReads_weighEachRead() {
        LoopWatch watch = new LoopWatch(0);
        watch.reads(985, 1_000);
        watch.reads(15, 1_000_000);
        LoopFigures figures = watch.take(100);
        assertThat(figures.lagP50Nanos()).isBetween(1_000L, 1_280L);
        assertThat(figures.lagP99Nanos()).isEqualTo(1_000_000L);
        assertThat(figures.lagMaxNanos()).isEqualTo(1_000_000L);
        assertThat(figures.reads()).isEqualTo(1000);
    }

    @Test
    void take_always_beginsAnew() {
        LoopWatch watch = new LoopWatch(0);
        watch.reads(1, 5);
        watch.busy(50);
        assertThat(watch.take(100).busyShare()).isEqualTo(0.5);
        assertThat(watch.take(200)).isEqualTo(new LoopFigures(0, 0, 100, 0, 0, 0));
    }
}
