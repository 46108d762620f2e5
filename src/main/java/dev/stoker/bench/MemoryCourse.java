package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Notes the memory of the server and of its host in the journal while a benchmark runs, so that its
 * course can be drawn: once a second, in a virtual thread, and less often where a look is slow, so
 * that looking takes at most a fiftieth of one CPU. A level that stays is written once in fifteen
 * seconds, and once more before it changes. Where nothing can be seen nothing is written.
 */
final class MemoryCourse implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration SHORTEST_WALL = Duration.ofMillis(250);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);
    private static final int SHARE = 50;
    private static final double CHANGE = 0.01;
    private static final Bytes SMALL = Bytes.mib(4);

    private final Supplier<BenchEvent.MemorySampled> look;
    private final Clock clock;
    private final Consumer<BenchEvent> journal;
    private final Thread thread;
    private final Object lock = new Object();
    private boolean closed;
    private BenchEvent.@Nullable MemorySampled written;
    private BenchEvent.@Nullable MemorySampled passedOver;
    private long writtenNanos;

    private MemoryCourse(
            Supplier<BenchEvent.MemorySampled> look, Clock clock, Consumer<BenchEvent> journal) {
        this.look = look;
        this.clock = clock;
        this.journal = journal;
        thread = Thread.ofVirtual().name("memory-course").unstarted(this::watch);
    }

    static MemoryCourse start(RunState run) {
        return start(
                () -> {
                    Reading<Bytes> resident = run.memory().tree().resident();
                    return new BenchEvent.MemorySampled(
                            run.now(), run.memory().available(), resident);
                },
                run.context().clock(),
                run.journal()::note);
    }

    static MemoryCourse start(
            Supplier<BenchEvent.MemorySampled> look, Clock clock, Consumer<BenchEvent> journal) {
        MemoryCourse course = new MemoryCourse(look, clock, journal);
        course.thread.start();
        return course;
    }

    private void watch() {
        long rest = INTERVAL.toNanos();
        try {
            while (true) {
                long least = (long) (SHORTEST_WALL.toNanos() * clock.speed());
                clock.sleep(Duration.ofNanos(Math.max(rest, least)));
                long before = clock.nanos();
                BenchEvent.MemorySampled sample = look.get();
                rest = Math.max(INTERVAL.toNanos(), (clock.nanos() - before) * SHARE);
                if (!sample.hostAvailable().isKnown() && !sample.serverResident().isKnown()) {
                    continue; // Between two servers there may be none.
                }
                note(sample, before);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UserError e) {
            return; // The journal can't be written: whoever writes what counts is told so.
        }
    }

    private void note(BenchEvent.MemorySampled sample, long nanos) {
        synchronized (lock) {
            if (closed) {
                return;
            }
            boolean due = nanos - writtenNanos >= LONGEST_SILENCE.toNanos();
            if (written != null && !due && isSame(written, sample)) {
                passedOver = sample;
                return;
            }
            if (passedOver != null) {
                journal.accept(passedOver);
                passedOver = null;
            }
            journal.accept(sample);
            written = sample;
            writtenNanos = nanos;
        }
    }

    private static boolean isSame(BenchEvent.MemorySampled a, BenchEvent.MemorySampled b) {
        return isSame(a.hostAvailable(), b.hostAvailable())
                && isSame(a.serverResident(), b.serverResident());
    }

    private static boolean isSame(Reading<Bytes> a, Reading<Bytes> b) {
        if (a instanceof Reading.Known<Bytes>(Bytes x)
                && b instanceof Reading.Known<Bytes>(Bytes y)) {
            double apart = Math.abs((double) (x.count() - y.count()));
            return apart <= Math.max((double) SMALL.count(), x.count() * CHANGE);
        }
        return a.isKnown() == b.isKnown();
    }

    /** Stops, with the last look written; afterwards nothing is written any more. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (passedOver != null) {
                last(passedOver);
                passedOver = null;
            }
        }
        thread.interrupt();
    }

    private void last(BenchEvent sample) {
        try {
            journal.accept(sample);
        } catch (UserError e) {
            return; // Whoever writes what counts is told so.
        }
    }
}
