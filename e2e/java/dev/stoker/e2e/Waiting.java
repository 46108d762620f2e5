package dev.stoker.e2e;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The one way in which tests wait: for a condition, with a bound, looking every 20 ms. Stateless
 * and safe for any thread.
 */
final class Waiting {
    private static final long STEP_MILLIS = 20;

    private Waiting() {}

    /** Waits until the condition holds; fails with what was awaited when the limit is over. */
    static void until(String what, Duration limit, BooleanSupplier condition) {
        until(what, limit, condition, () -> "");
    }

    /** The same; the evidence is asked for only when the wait was in vain. */
    static void until(
            String what, Duration limit, BooleanSupplier condition, Supplier<String> evidence) {
        if (!isTrueWithin(limit, condition)) {
            throw new AssertionError(
                    "not within " + limit.toMillis() + " ms: " + what + evidence.get());
        }
    }

    static boolean isTrueWithin(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            pause(Duration.ofMillis(STEP_MILLIS));
        }
        return true;
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}
