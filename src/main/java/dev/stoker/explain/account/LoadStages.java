package dev.stoker.explain.account;

import dev.stoker.explain.account.Attribution.LoadParts;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What the time was spent on in which requests waited for loads: making room, reading the weights,
 * making ready. A stage is only told where nearly all of that time tells it. Mutable; used by one
 * thread.
 */
final class LoadStages {
    /** Of the time in which requests waited. */
    private static final double MOST = 0.9;

    private double evict;
    private double evictTold;
    private double read;
    private double initialise;
    private double readTold;

    /**
     * Adds what one request waited for.
     *
     * @param loads in their order
     * @param start of the request
     * @param load how long it waited in all
     * @param until the end of the last of the loads
     * @param exact whether the start is known well enough to take the time before a load for the
     *     making of room
     */
    void add(List<LoadWindow> loads, long start, long load, long until, boolean exact) {
        double scale = until > start ? (double) load / (until - start) : 0;
        long from = start;
        long room = 0;
        long reading = 0;
        long inside = 0;
        boolean roomTold = true;
        boolean readTold = true;
        for (LoadWindow w : loads) {
            long begins = Math.max(from, w.start);
            long ends = w.end < 0 ? until : w.end;
            if (w.roomAt >= 0) {
                room += Math.max(0, begins - Math.max(from, w.roomAt));
            } else if (w.evicts) {
                room += exact ? begins - from : 0;
                roomTold &= exact;
            }
            if (w.readFrom >= 0 && w.readTo >= w.readFrom) {
                reading += Math.max(0, Math.min(w.readTo, ends) - Math.max(w.readFrom, begins));
            } else {
                readTold = false;
            }
            inside += Math.max(0, ends - begins);
            from = Math.max(from, ends);
        }
        add(
                load,
                roomTold ? OptionalDouble.of(room * scale) : OptionalDouble.empty(),
                readTold ? OptionalDouble.of(reading * scale) : OptionalDouble.empty(),
                (inside - reading) * scale);
    }

    /**
     * Adds the stages of one wait, in microseconds.
     *
     * @param rest of the load, behind the making of room and without the reading
     */
    void add(long load, OptionalDouble room, OptionalDouble reading, double rest) {
        if (room.isPresent()) {
            evict += room.getAsDouble();
            evictTold += (double) load;
        }
        if (reading.isPresent()) {
            read += reading.getAsDouble();
            initialise += Math.max(0, rest);
            readTold += (double) load;
        }
    }

    /** Returns them as shares of a whole. */
    LoadParts shares(long loadMicros, long totalMicros) {
        boolean room = evictTold >= MOST * loadMicros;
        boolean reading = readTold >= MOST * loadMicros;
        return new LoadParts(
                share(room, evict, totalMicros),
                share(reading, read, totalMicros),
                share(reading, initialise, totalMicros));
    }

    private static OptionalDouble share(boolean told, double micros, long totalMicros) {
        return told && totalMicros > 0
                ? OptionalDouble.of(Math.min(1, micros / totalMicros))
                : OptionalDouble.empty();
    }
}
