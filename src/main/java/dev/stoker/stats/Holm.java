package dev.stoker.stats;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Which of several comparisons stand when they are made at once. Of twenty figures that did not
 * change one looks changed at 5 %, by chance alone; after Holm (Scandinavian Journal of Statistics
 * 6, 1979) the chance that any of them is taken for a change stays at 5 %. Pure.
 */
public final class Holm {
    private Holm() {}

    /** Returns for each probability whether its difference stands at 5 % among all of them. */
    public static boolean[] stand(double[] pValues) {
        Integer[] order = new Integer[pValues.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> pValues[i]));
        boolean[] stand = new boolean[pValues.length];
        for (int rank = 0; rank < order.length; rank++) {
            if (!(pValues[order[rank]] <= 0.05 / (order.length - rank))) {
                break;
            }
            stand[order[rank]] = true;
        }
        return stand;
    }
}
