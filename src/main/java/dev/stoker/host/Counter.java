package dev.stoker.host;

import dev.stoker.base.Reading;

/**
 * Makes a rate of a counter that only grows. A counter that went back (a device that was plugged in
 * again, a module that was loaded anew) gives no rate once. Used by one thread.
 */
final class Counter {
    static final Reading<Double> FIRST =
            Reading.failed("this is the first look, and a rate needs two");
    private static final Reading<Double> BACK =
            Reading.failed("the counter began anew since the last look");
    private static final Reading<Double> NONE = Reading.failed("the kernel tells no number here");

    private boolean seen;
    private long last;

    /**
     * Takes the counter's value, and returns its growth a second.
     *
     * @param value negative where it is not known
     * @param seconds since the value before
     * @param scale what one step of the counter stands for
     */
    Reading<Double> rate(long value, double seconds, double scale) {
        if (value < 0) {
            seen = false;
            return NONE;
        }
        long before = last;
        boolean first = !seen;
        seen = true;
        last = value;
        if (first || seconds <= 0) {
            return FIRST;
        }
        return value < before ? BACK : Reading.known((value - before) * scale / seconds);
    }
}
