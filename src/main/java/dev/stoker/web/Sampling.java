package dev.stoker.web;

import dev.stoker.base.Clock;
import dev.stoker.machine.MachineSample;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Looks at a machine again and again, until its thread is interrupted. A look that breaks is told,
 * and the next one is taken all the same. Used by one thread.
 */
public final class Sampling {
    /** A driver without persistence mode takes seconds to wake each board. */
    private static final Duration FIRST = Duration.ofSeconds(10);

    private static final Duration LONGEST_LATER = Duration.ofSeconds(1);

    private final Look look;
    private final Supplier<Duration> interval;
    private final Clock clock;
    private final Listener listener;

    /** Looks at the machine. */
    @FunctionalInterface
    public interface Look {
        /**
         * @param patience how long a driver may take
         */
        MachineSample look(Duration patience) throws InterruptedException;
    }

    /** Is told what comes of it. */
    public interface Listener {
        /** A look was taken, and took so long. */
        void taken(MachineSample sample, Duration took);

        /** A look broke, which is a defect of this program. */
        void broken(RuntimeException defect);

        /** A round is over, whatever came of it. */
        void rounded();
    }

    /**
     * @param interval between looks, asked after each
     */
    public Sampling(Look look, Supplier<Duration> interval, Clock clock, Listener listener) {
        this.look = look;
        this.interval = interval;
        this.clock = clock;
        this.listener = listener;
    }

    /** Runs until the thread is interrupted. */
    public void run() throws InterruptedException {
        Duration patience = FIRST;
        long next = clock.nanos();
        while (true) {
            long begin = clock.nanos();
            try {
                MachineSample sample = look.look(patience);
                listener.taken(sample, Duration.ofNanos(clock.nanos() - begin));
            } catch (RuntimeException e) {
                listener.broken(e);
            }
            listener.rounded();
            Duration pause = interval.get();
            patience = pause.compareTo(LONGEST_LATER) < 0 ? pause : LONGEST_LATER;
            next = Math.max(next + pause.toNanos(), clock.nanos());
            clock.sleep(Duration.ofNanos(next - clock.nanos()));
        }
    }
}
