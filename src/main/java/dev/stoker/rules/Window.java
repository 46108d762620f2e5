package dev.stoker.rules;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The values of the last seconds: for what has to hold for a while before it is worth a word. Used
 * by one thread.
 */
final class Window {
    private static final int MOST = 4096;

    private final long span;
    private final Deque<Entry> entries = new ArrayDeque<>();

    private record Entry(long nanos, double value) {}

    Window(Duration span) {
        this.span = span.toNanos();
    }

    /** Adds a value; a clock that went backwards (another recording) begins anew. */
    void add(long nanos, double value) {
        if (!entries.isEmpty() && nanos <= entries.getLast().nanos) {
            entries.clear();
        }
        entries.add(new Entry(nanos, value));
        if (entries.size() > MOST) {
            thin();
        }
        // The oldest that is kept is the last one that lies at the window's beginning or before.
        while (entries.size() > 1) {
            Entry first = entries.removeFirst();
            if (nanos - entries.getFirst().nanos < span) {
                entries.addFirst(first);
                break;
            }
        }
    }

    /** Leaves out every second one; the oldest and the newest stay. */
    private void thin() {
        List<Entry> all = List.copyOf(entries);
        entries.clear();
        for (int i = 0; i < all.size(); i++) {
            if (i % 2 == 0 || i == all.size() - 1) {
                entries.add(all.get(i));
            }
        }
    }

    /** Returns whether there are values over the whole time. */
    boolean isFull() {
        return !entries.isEmpty() && entries.getLast().nanos - entries.getFirst().nanos >= span;
    }

    double mean() {
        return entries.stream().mapToDouble(Entry::value).average().orElse(0);
    }

    double least() {
        return entries.stream().mapToDouble(Entry::value).min().orElse(0);
    }

    double first() {
        return entries.isEmpty() ? 0 : entries.getFirst().value;
    }

    double last() {
        return entries.isEmpty() ? 0 : entries.getLast().value;
    }

    /** Returns the mean of the earlier half of the values. */
    double earlierMean() {
        return entries.stream()
                .limit(Math.max(1, entries.size() / 2))
                .mapToDouble(Entry::value)
                .average()
                .orElse(0);
    }

    /** Returns the mean of the later half of the values. */
    double laterMean() {
        return entries.stream()
                .skip(entries.size() / 2)
                .mapToDouble(Entry::value)
                .average()
                .orElse(0);
    }

    /** Returns how many seconds lie between the first value and the last. */
    long seconds() {
        return entries.isEmpty()
                ? 0
                : Math.round((entries.getLast().nanos - entries.getFirst().nanos) / 1e9);
    }
}
