package dev.stoker.plan.pack;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Puts items into unequal bins so that the weight of those inside is the largest: branch and bound.
 * An item goes into one bin, or is split over several if it fits none alone. Of equal weights the
 * one that leaves the largest bin free wins. Used once, by one thread.
 *
 * <p>The bound is that of the fractional knapsack: all room in one bin, items in the order of
 * weight by size.
 */
final class Bins {
    /** Where an item is that is in no bin. */
    static final int OUT = -1;

    /** Where an item is that is split over several. */
    static final int SPLIT = -2;

    /** What an item takes in a bin that can't hold it. */
    static final long NEVER = Long.MAX_VALUE;

    /** What is spent on a tidier answer of the same weight. */
    private static final int TIDYING = 20_000;

    /**
     * One item.
     *
     * @param need by bin; {@link #NEVER} where it can't be
     * @param beside what it takes of the common room (the host's) when it is in that bin
     * @param weight what it is worth
     */
    record Item(long[] need, long[] beside, long weight) {
        boolean single(long[] capacity, long common) {
            for (int b = 0; b < need.length; b++) {
                if (need[b] <= capacity[b] && beside[b] <= common) {
                    return true;
                }
            }
            return false;
        }

        long least() {
            long least = NEVER;
            for (long n : need) {
                least = Math.min(least, n);
            }
            return least;
        }
    }

    /** Splits an item over bins. */
    interface Splitter {
        /**
         * Returns what it takes by bin, the common room last; null where it does not fit.
         *
         * @param room what is left by bin, the common room last
         */
        long @Nullable [] split(int item, long[] room);
    }

    /**
     * What came out.
     *
     * @param place by item: a bin, {@link #OUT} or {@link #SPLIT}
     * @param parts by item, for those that are split
     * @param weight of those inside
     * @param bound no answer has more weight
     * @param exact whether this is the best answer
     */
    record Answer(int[] place, long[] @Nullable [] parts, long weight, long bound, boolean exact) {}

    private final long[] capacity;
    private final long common;
    private final Item[] items;
    private final Splitter splitter;
    private final int budget;
    private final Integer[] order;
    private final Integer[] byValue;
    private final int[] rank;

    /** Fits into no bin alone, but over several. */
    private final boolean[] splittable;

    /** Fits in no way. */
    private final boolean[] hopeless;

    private final int[] twins;
    private int splits;

    private final long[] room;
    private final int[] place;
    private final long[] @Nullable [] parts;
    private int nodes;
    private int tidied;
    private boolean cut;

    private int[] bestPlace;
    private long[] @Nullable [] bestParts;
    private long bestWeight = -1;
    private long bestFree = -1;

    /**
     * @param capacity by bin
     * @param common the common room; {@link #NEVER} where it has no bound
     * @param budget how many places to try
     */
    Bins(long[] capacity, long common, Item[] items, Splitter splitter, int budget) {
        this.capacity = capacity.clone();
        this.common = common;
        this.items = items.clone();
        this.splitter = splitter;
        this.budget = budget;
        int n = items.length;
        room = Arrays.copyOf(capacity, capacity.length + 1);
        room[capacity.length] = common;
        splittable = new boolean[n];
        hopeless = new boolean[n];
        for (int i = 0; i < n; i++) {
            if (!items[i].single(capacity, common)) {
                splittable[i] = splitter.split(i, room.clone()) != null;
                hopeless[i] = !splittable[i];
                splits += splittable[i] ? 1 : 0;
            }
        }
        twins = twins(capacity.length, items);
        order = numbers(n);
        Arrays.sort(
                order,
                Comparator.comparingInt((Integer i) -> splittable[i] ? 1 : 0)
                        .thenComparingLong(i -> -items[i].weight)
                        .thenComparingLong(i -> -items[i].least()));
        byValue = numbers(n);
        Arrays.sort(byValue, Comparator.comparingDouble(i -> -value(i)));
        rank = new int[n];
        for (int i = 0; i < n; i++) {
            rank[order[i]] = i;
        }
        place = new int[n];
        Arrays.fill(place, OUT);
        parts = new long[n][];
        bestPlace = place.clone();
        bestParts = parts.clone();
    }

    private static Integer[] numbers(int n) {
        Integer[] numbers = new Integer[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = i;
        }
        return numbers;
    }

    private double value(int item) {
        long least = items[item].least();
        return least == NEVER
                ? items[item].weight
                : items[item].weight / (double) Math.max(1, least);
    }

    Answer solve() {
        long root = bound(0, 0);
        greedy();
        visit(0, 0);
        boolean exact = bestWeight >= root || (!cut && splits <= 1);
        return new Answer(
                bestPlace, bestParts, Math.max(0, bestWeight), exact ? bestWeight : root, exact);
    }

    /** A first answer, so that a search that is cut short has a good one: the most worth first. */
    private void greedy() {
        long[] before = room.clone();
        long weight = 0;
        int last = capacity.length;
        for (int item : byValue) {
            int best = OUT;
            for (int b = 0; b < last && !splittable[item]; b++) {
                boolean holds =
                        items[item].need[b] <= room[b] && items[item].beside[b] <= room[last];
                if (holds && (best == OUT || room[b] < room[best])) {
                    best = b;
                }
            }
            if (best != OUT) {
                room[best] -= items[item].need[best];
                room[last] -= common == NEVER ? 0 : items[item].beside[best];
                place[item] = best;
                weight += items[item].weight;
            }
        }
        keep(weight);
        Arrays.fill(place, OUT);
        System.arraycopy(before, 0, room, 0, room.length);
    }

    private void visit(int depth, long weight) {
        if (nodes++ > budget) {
            cut = true;
            return;
        }
        if (depth == items.length) {
            keep(weight);
            return;
        }
        long most = bound(depth, weight);
        if (most < bestWeight || (most == bestWeight && tidied++ > TIDYING)) {
            return;
        }
        int item = order[depth];
        if (splittable[item]) {
            trySplit(item, depth, weight);
        } else if (!hopeless[item]) {
            tryEach(item, depth, weight);
        }
        visit(depth + 1, weight);
    }

    private void tryEach(int item, int depth, long weight) {
        int last = capacity.length;
        for (int b = 0; b < last; b++) {
            long need = items[item].need[b];
            long beside = items[item].beside[b];
            if (need > room[b] || beside > room[last] || sameAsBefore(b)) {
                continue;
            }
            room[b] -= need;
            room[last] -= common == NEVER ? 0 : beside;
            place[item] = b;
            visit(depth + 1, weight + items[item].weight);
            place[item] = OUT;
            room[b] += need;
            room[last] += common == NEVER ? 0 : beside;
        }
    }

    /** Two bins with the same room for the same needs give the same answers. */
    private boolean sameAsBefore(int bin) {
        for (int b = 0; b < bin; b++) {
            if (room[b] == room[bin] && twins[b] == twins[bin]) {
                return true;
            }
        }
        return false;
    }

    /** Numbers bins so that those in which every item takes the same have the same number. */
    private static int[] twins(int bins, Item[] items) {
        int[] twins = new int[bins];
        for (int b = 0; b < bins; b++) {
            twins[b] = b;
            for (int a = 0; a < b && twins[b] == b; a++) {
                boolean same = true;
                for (Item item : items) {
                    same &= item.need[a] == item.need[b] && item.beside[a] == item.beside[b];
                }
                twins[b] = same ? a : b;
            }
        }
        return twins;
    }

    private void trySplit(int item, int depth, long weight) {
        long[] taken = splitter.split(item, room.clone());
        if (taken == null) {
            return;
        }
        for (int b = 0; b < taken.length; b++) {
            if (taken[b] > room[b]) {
                return;
            }
        }
        for (int b = 0; b < taken.length; b++) {
            room[b] -= b == capacity.length && common == NEVER ? 0 : taken[b];
        }
        place[item] = SPLIT;
        parts[item] = taken;
        visit(depth + 1, weight + items[item].weight);
        place[item] = OUT;
        parts[item] = null;
        for (int b = 0; b < taken.length; b++) {
            room[b] += b == capacity.length && common == NEVER ? 0 : taken[b];
        }
    }

    private void keep(long weight) {
        long free = 0;
        for (int b = 0; b < capacity.length; b++) {
            free = Math.max(free, room[b]);
        }
        if (weight > bestWeight || (weight == bestWeight && free > bestFree)) {
            bestWeight = weight;
            bestFree = free;
            bestPlace = place.clone();
            bestParts = parts.clone();
        }
    }

    /** Returns the most weight that can still be reached from here. */
    private long bound(int depth, long weight) {
        double left = 0;
        for (int b = 0; b < capacity.length; b++) {
            left += room[b];
        }
        double most = weight;
        for (int item : byValue) {
            if (rank[item] < depth) {
                continue;
            }
            long least = items[item].least();
            if (hopeless[item]) {
                continue;
            }
            if (least == NEVER) {
                most += items[item].weight;
            } else if (least <= left) {
                most += items[item].weight;
                left -= least;
            } else {
                most += items[item].weight * (left / least);
                break;
            }
        }
        return (long) Math.floor(most + 1e-6);
    }
}
