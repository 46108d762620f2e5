package dev.stoker.memory.llama;

import java.util.function.LongToDoubleFunction;

/**
 * Finds the largest number for which there is room, where room falls with it almost in a straight
 * line: by that line, and by halving where the line is of no use. Pure.
 */
final class LastWithRoom {
    private LastWithRoom() {}

    /**
     * Returns the largest number from 1 to a bound with room; 0 where not even 1 has.
     *
     * @param room what is left with a number; below 0 where it is too much
     */
    static long of(long to, LongToDoubleFunction room) {
        double atHigh = room.applyAsDouble(to);
        if (atHigh >= 0) {
            return to;
        }
        long low = 1;
        double atLow = to == 1 ? atHigh : room.applyAsDouble(low);
        if (atLow < 0) {
            return 0;
        }
        long high = to;
        boolean halve = false;
        while (high - low > 1) {
            long before = high - low;
            double part = halve ? 0.5 : atLow / (atLow - atHigh);
            long next = Math.clamp(low + (long) (before * part), low + 1, high - 1);
            double there = room.applyAsDouble(next);
            if (there >= 0) {
                low = next;
                atLow = there;
            } else {
                high = next;
                atHigh = there;
            }
            halve = high - low > before / 2 && !halve;
        }
        return low;
    }
}
