package dev.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The course of memory in the journal: every change, and little else. */
@Timeout(60)
class MemoryCourseTest {
    private final LinkedBlockingQueue<BenchEvent> journal = new LinkedBlockingQueue<>();
    private final AtomicInteger looks = new AtomicInteger();

    private BenchEvent.MemorySampled sample(double gib) {
        return new BenchEvent.MemorySampled(
                looks.getAndIncrement(),
                Reading.known(Bytes.gib(50)),
                Reading.known(Bytes.gib(gib)));
    }

    private MemoryCourse course(double before, double after, int changeAt) {
        return MemoryCourse.start(
                () -> sample(looks.get() < changeAt ? before : after),
                Clock.scaled(4),
                journal::add);
    }

    private double next() throws InterruptedException {
        BenchEvent event = journal.poll(30, TimeUnit.SECONDS);
        return event instanceof BenchEvent.MemorySampled s
                ? s.serverResident().value().toGib()
                : Double.NaN;
    }

    @Test
    void course_levelThatChanges_isWrittenBeforeAndAfterTheChange() throws InterruptedException {
        try (MemoryCourse _ = course(1, 5, 3)) {
            assertThat(next()).isEqualTo(1); // The first look.
            assertThat(next()).isEqualTo(1); // The last one before the change.
            assertThat(next()).isEqualTo(5);
        }
        assertThat(looks.get()).isGreaterThanOrEqualTo(4);
    }

    @Test
    void course_closed_writesNothingMore() throws InterruptedException {
        MemoryCourse course = course(1, 1, 0);
        assertThat(next()).isEqualTo(1);
        course.close();
        journal.clear();
        assertThat(journal.poll(600, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void course_thatEndsOnALevel_writesTheLastLook() throws InterruptedException {
        MemoryCourse course = course(1, 1, 0);
        assertThat(next()).isEqualTo(1);
        LinkedBlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        while (looks.get() < 3) {
            Integer nobody = seen.poll(50, TimeUnit.MILLISECONDS);
            assertThat(nobody).isNull();
        }
        course.close();
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void course_nothingToBeSeen_writesNothing() throws InterruptedException {
        Reading<Bytes> no = Reading.unsupported("hidden");
        LinkedBlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        try (MemoryCourse _ =
                MemoryCourse.start(
                        () -> {
                            seen.add(1);
                            return new BenchEvent.MemorySampled(0, no, no);
                        },
                        Clock.scaled(4),
                        journal::add)) {
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isNotNull();
            assertThat(seen.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(journal).isEmpty();
    }
}
