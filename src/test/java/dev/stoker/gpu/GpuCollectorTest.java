package dev.stoker.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class GpuCollectorTest {
    private static final Clock CLOCK = Clock.system();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(30);

    /** A driver whose every call waits until the test lets it go on. */
    private static final class GatedSource implements GpuSource {
        final BlockingQueue<Double> gate = new SynchronousQueue<>();
        final BlockingQueue<Boolean> entered = new LinkedBlockingQueue<>();
        final AtomicInteger calls = new AtomicInteger();
        final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public String name() {
            return "GATED";
        }

        @Override
        public GpuReport sample() {
            calls.incrementAndGet();
            entered.add(true);
            try {
                return report(gate.take());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** A driver that answers at once. */
    private record QuickSource(double temperature) implements GpuSource {
        @Override
        public String name() {
            return "QUICK";
        }

        @Override
        public GpuReport sample() {
            if (Double.isNaN(temperature)) {
                throw new IllegalStateException("a defect");
            }
            return report(temperature);
        }

        @Override
        public void close() {}
    }

    private static GpuReport report(double temperature) {
        GpuDevice device =
                new GpuDevice(
                        0,
                        Reading.known("Board"),
                        Reading.unsupported("none"),
                        Reading.unsupported("none"),
                        GpuVendor.OTHER,
                        false,
                        Reading.unsupported("none"));
        GpuSample sample =
                GpuSample.of(device, CLOCK.now(), CLOCK.nanos())
                        .put(GpuMetric.TEMPERATURE, temperature)
                        .build();
        return new GpuReport(
                "TEST",
                CLOCK.now(),
                CLOCK.nanos(),
                List.of(sample),
                Reading.unsupported("none"),
                Reading.unsupported("none"),
                Optional.empty());
    }

    private final GatedSource gated = new GatedSource();
    private final GpuCollector collector = new GpuCollector(List.of(gated), CLOCK);

    @AfterEach
    void close() {
        collector.close();
        gated.gate.offer(0.0); // Lets a call that still hangs end.
    }

    private static double temperature(GpuPicture picture) {
        return picture.gpus().getFirst().value(GpuMetric.TEMPERATURE).value();
    }

    private void answerLater(double temperature) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        gated.gate.put(temperature);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    @Test
    void collect_sourceAnswers_isItsNewSample() throws Exception {
        answerLater(40);
        assertThat(temperature(collector.collect(LONG))).isEqualTo(40);
        answerLater(41);
        GpuPicture second = collector.collect(LONG);
        assertThat(temperature(second)).isEqualTo(41);
        assertThat(second.troubles()).isEmpty();
    }

    @Test
    void collect_sourceHangsFromTheStart_saysSoWithoutInventingGpus() throws Exception {
        GpuPicture picture = collector.collect(SHORT);
        assertThat(picture.gpus()).isEmpty();
        assertThat(picture.troubles())
                .singleElement()
                .satisfies(trouble -> {
                    assertThat(trouble.kind()).isEqualTo(GpuTrouble.Kind.NO_ANSWER);
                    assertThat(trouble.sentence())
                            .matches("GATED has not answered for \\d+\\.\\d s\\.");
                    assertThat(trouble.next()).startsWith("It has told nothing yet");
                });
    }

    @Test
    void collect_sourceHangsLater_handsOutTheLastSampleWithItsAge() throws Exception {
        answerLater(40);
        collector.collect(LONG);
        GpuPicture stale = collector.collect(SHORT);
        assertThat(temperature(stale)).isEqualTo(40);
        assertThat(stale.troubles()).hasSize(1);
        assertThat(stale.parts().getFirst().age()).isGreaterThanOrEqualTo(SHORT);
    }

    @Test
    void collect_whileACallHangs_startsNoSecondCallAndDoesNotWaitAgain() throws Exception {
        collector.collect(SHORT);
        gated.entered.take();
        // The source has been silent for longer than the patience: the answers come at once.
        long begin = CLOCK.nanos();
        for (int i = 0; i < 1000; i++) {
            collector.collect(SHORT);
        }
        assertThat(Duration.ofNanos(CLOCK.nanos() - begin)).isLessThan(SHORT.multipliedBy(500));
        assertThat(gated.calls).hasValue(1);
    }

    @Test
    void collect_afterAHangHasEnded_isFreshAgain() throws Exception {
        answerLater(39); // The first sample serves all who ask before it is there.
        collector.collect(LONG);
        gated.entered.take();
        collector.collect(SHORT);
        gated.entered.take(); // A busy machine may begin the call only now.
        gated.gate.put(40.0); // The call that hung ends, and the one that was asked for follows.
        answerLater(41);
        GpuPicture fresh = collector.collect(LONG);
        assertThat(fresh.troubles()).isEmpty();
        assertThat(temperature(fresh)).isEqualTo(41);
    }

    @Test
    void latest_neverAsked_asksNobody() {
        GpuPicture picture = collector.latest(SHORT);
        assertThat(picture.gpus()).isEmpty();
        assertThat(gated.calls).hasValue(0);
    }

    @Test
    void collect_oneOfTwoSourcesHangs_showsTheOther() throws Exception {
        try (GpuCollector both = new GpuCollector(List.of(gated, new QuickSource(50)), CLOCK)) {
            GpuPicture picture = both.collect(Duration.ofMillis(300));
            assertThat(temperature(picture)).isEqualTo(50);
            assertThat(picture.troubles()).hasSize(1);
        }
    }

    @Test
    void collect_twoSources_numbersTheirGpusThrough() throws Exception {
        try (GpuCollector both =
                new GpuCollector(List.of(new QuickSource(50), new QuickSource(60)), CLOCK)) {
            assertThat(both.collect(LONG).gpus())
                    .extracting(gpu -> gpu.device().index())
                    .containsExactly(0, 1);
        }
    }

    @Test
    void collect_sourceHasADefect_isTroubleOfThatSource() throws Exception {
        try (GpuCollector broken = new GpuCollector(List.of(new QuickSource(Double.NaN)), CLOCK)) {
            assertThat(broken.collect(LONG).troubles())
                    .singleElement()
                    .satisfies(trouble -> {
                        assertThat(trouble.kind()).isEqualTo(GpuTrouble.Kind.FAILED);
                        assertThat(trouble.sentence()).contains("QUICK", "a defect");
                    });
        }
    }

    @Test
    void close_idleSource_closesItOnItsThread() throws Exception {
        collector.close();
        assertThat(gated.closed.await(60, TimeUnit.SECONDS)).isTrue();
    }
}
