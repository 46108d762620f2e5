package dev.stoker.gpu;

import dev.stoker.base.Clock;
import dev.stoker.base.Decimal;
import dev.stoker.base.Text;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One source and the one thread that calls it. A platform thread, because a native call that hangs
 * would hold a carrier of virtual threads. Thread-safe.
 */
final class SourceWorker {
    private final GpuSource source;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long asked;
    private long answered;
    private long pendingSince;
    private boolean stopped;
    private @Nullable GpuReport last;

    SourceWorker(GpuSource source, Clock clock) {
        this.source = source;
        this.clock = clock;
        Thread.ofPlatform().daemon().name("gpu-" + source.name()).start(this::run);
    }

    /**
     * Asks for a sample that begins after now; returns its ticket for {@link #await}. The first
     * sample serves all who ask before it is there: nobody can have seen an older one.
     */
    long ask() {
        lock.lock();
        try {
            if (last == null && asked > answered) {
                return asked;
            }
            if (asked == answered) {
                pendingSince = clock.nanos();
            }
            asked++;
            changed.signalAll();
            return asked;
        } finally {
            lock.unlock();
        }
    }

    GpuPicture.Part await(long ticket, long deadline, Duration patience)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (answered < ticket) {
                long now = clock.nanos();
                long left = Math.min(deadline, pendingSince + patience.toNanos()) - now;
                if (left <= 0) {
                    break;
                }
                changed.await(clock.toWall(Duration.ofNanos(left)).toNanos(), TimeUnit.NANOSECONDS);
            }
            return part(answered < ticket);
        } finally {
            lock.unlock();
        }
    }

    GpuPicture.Part latest(Duration patience) {
        lock.lock();
        try {
            return part(answered < asked && clock.nanos() - pendingSince >= patience.toNanos());
        } finally {
            lock.unlock();
        }
    }

    private GpuPicture.Part part(boolean silent) {
        long now = clock.nanos();
        Optional<GpuTrouble> silence =
                silent ? Optional.of(silence(now - pendingSince)) : Optional.empty();
        GpuReport known = last;
        if (known == null) {
            GpuTrouble none = silence.orElseGet(() -> silence(0));
            known = GpuReport.without(source.name(), clock.now(), now, none);
        }
        return new GpuPicture.Part(
                known, Duration.ofNanos(Math.max(0, now - known.nanos())), silence);
    }

    private GpuTrouble silence(long nanos) {
        return new GpuTrouble(
                GpuTrouble.Kind.NO_ANSWER,
                nanos <= 0
                        ? source.name() + " has not answered yet."
                        : source.name()
                                + " has not answered for "
                                + Decimal.of(nanos / 1e9, 1)
                                + " s.",
                next(nanos));
    }

    private String next(long nanos) {
        if (last != null) {
            return "The figures are the last that it told.";
        }
        return nanos <= 0
                ? ""
                : "It has told nothing yet: its driver may hang, or still start. Look into the"
                        + " kernel's log (dmesg).";
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (next()) {
                long ticket = ticket();
                GpuReport report = sampled();
                answer(ticket, report);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            source.close();
        }
    }

    /** Waits until a sample is wanted; false when none will be any more. */
    private boolean next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped && asked == answered) {
                changed.await();
            }
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private long ticket() {
        lock.lock();
        try {
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** A source should not throw; if it has a defect, the others are still to be seen. */
    private GpuReport sampled() {
        long begin = clock.nanos();
        try {
            return source.sample();
        } catch (RuntimeException | LinkageError e) {
            return GpuReport.without(
                    source.name(),
                    clock.now(),
                    begin,
                    new GpuTrouble(
                            GpuTrouble.Kind.FAILED,
                            source.name()
                                    + " could not be read: "
                                    + Text.plain(e.toString(), 200)
                                    + ".",
                            ""));
        }
    }

    private void answer(long ticket, GpuReport report) {
        lock.lock();
        try {
            last = report;
            answered = ticket;
            pendingSince = clock.nanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
