package dev.stoker.report.draw;

import java.util.ArrayList;
import java.util.List;

/**
 * The reasons why figures of a table are unknown: each is said once below the table, and the cells
 * bear its number. Used by one thread.
 */
public final class Notes {
    private final List<String> reasons = new ArrayList<>();

    /** Returns the number of a reason, from 1. */
    public int number(String reason) {
        int at = reasons.indexOf(reason);
        if (at < 0) {
            reasons.add(reason);
            at = reasons.size() - 1;
        }
        return at + 1;
    }

    public List<String> reasons() {
        return List.copyOf(reasons);
    }
}
