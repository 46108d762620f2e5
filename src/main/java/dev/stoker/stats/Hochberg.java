package dev.stoker.stats;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Which of several comparisons stand when they are made at once. Of twenty figures that did not
 * change one looks changed at 5 %, by chance alone; after Hochberg (Biometrika 75, 1988) the chance
 * that any of them is taken for a change stays at 5 %, for figures that are independent of one
 * another or move together, as a machine's do. Pure.
 */
public final class Hochberg {
    private static final double LEVEL = 0.05;

    private Hochberg() {}

    /**
     * Returns for each one-sided probability whether its difference stands at 5 % among all of
     * them: where the k-th largest is at most 5 %/k, that one and all smaller ones do.
     */
    public static boolean[] stand(double[] pValues) {
        Integer[] order = new Integer[pValues.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble((Integer i) -> pValues[i]).reversed());
        boolean[] stand = new boolean[pValues.length];
        boolean standing = false;
        for (int k = 1; k <= order.length; k++) {
            standing |= pValues[order[k - 1]] <= LEVEL / k;
            stand[order[k - 1]] = standing;
        }
        return stand;
    }
}
