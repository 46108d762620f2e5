package dev.stoker.machine;

import dev.stoker.base.Clock;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ServerWatch;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One server and the one thread that looks at it, so that a server that hangs holds up neither the
 * others nor who looks. A platform thread, kept: it blocks on a socket a few times a look, which
 * costs a virtual one three wake-ups where it costs this one. Thread-safe.
 */
final class ServerWorker {
    private final ServerWatch watch;
    private final Clock clock;
    private final Duration fresh;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long asked;
    private long answered;
    private long pendingSince;
    private long answeredAt;
    private boolean stopped;
    private @Nullable ServerState last;
    private @Nullable Throwable broken;

    /**
     * @param fresh for how long the last sample is handed out while there is no new one; it tells
     *     itself when it was taken
     */
    ServerWorker(ServerWatch watch, Duration fresh, Clock clock) {
        this.watch = watch;
        this.fresh = fresh;
        this.clock = clock;
        Thread.ofPlatform().daemon().name("server-" + watch.endpoint().port()).start(this::run);
    }

    /** Asks for a sample that begins after now, unless one is on its way. */
    void ask() {
        lock.lock();
        try {
            if (asked == answered) {
                asked++;
                pendingSince = clock.nanos();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the sample that was asked for; if it does not come in time, the last one as long as
     * it is fresh; then one that says for how long the server has been silent. Empty where it never
     * answered and that is no news yet.
     */
    Optional<ServerState> await(Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long deadline = clock.nanos() + patience.toNanos();
            while (answered < asked && deadline - clock.nanos() > 0) {
                changed.await(deadline - clock.nanos(), TimeUnit.NANOSECONDS);
            }
            if (broken != null) {
                throw new IllegalStateException("the look at a server broke", broken);
            }
            long now = clock.nanos();
            boolean current = answered == asked || now - answeredAt <= fresh.toNanos();
            return last == null || current ? Optional.ofNullable(last) : Optional.of(silent(now));
        } finally {
            lock.unlock();
        }
    }

    private ServerState silent(long now) {
        ServerState known = last;
        if (known == null) {
            throw new IllegalStateException("nothing was known");
        }
        String why =
                String.format(
                        Locale.ROOT, "It has not answered for %.1f s.", (now - pendingSince) / 1e9);
        return ServerState.without(
                known.endpoint(),
                known.identity(),
                clock.now(),
                known.nanos(),
                new Health.Unknown(why));
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
        try (watch) {
            while (next()) {
                answer(watch.look());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            fail(e);
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

    private void answer(ServerState state) {
        lock.lock();
        try {
            last = state;
            answered = asked;
            answeredAt = clock.nanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A defect of ours is told to who looks, who would else wait for ever. */
    private void fail(Throwable e) {
        lock.lock();
        try {
            broken = e;
            answered = asked;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
