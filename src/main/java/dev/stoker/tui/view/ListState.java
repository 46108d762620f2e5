package dev.stoker.tui.view;

import java.util.List;

/** Which row of a list is selected, what it is sorted by, where it is scrolled to. One thread. */
final class ListState {
    private String selected = "";
    private int index;
    private int offset;
    private String sort = "";
    private boolean reversed;
    private List<String> ids = List.of();

    String sort() {
        return sort;
    }

    boolean reversed() {
        return reversed;
    }

    /** Sorts by this column; when it does so already, the other way round. */
    void sortBy(String column) {
        if (column.equals(sort)) {
            reversed = !reversed;
        } else {
            sort = column;
            reversed = false;
        }
    }

    void reverse() {
        reversed = !reversed;
    }

    /** Takes the rows as they are now; the selection stays with its row, if that is still there. */
    void rows(List<String> now) {
        ids = List.copyOf(now);
        int found = ids.indexOf(selected);
        index = found >= 0 ? found : Math.clamp(index, 0, Math.max(0, ids.size() - 1));
        selected = ids.isEmpty() ? "" : ids.get(index);
    }

    int index() {
        return index;
    }

    String selected() {
        return selected;
    }

    void move(int by) {
        select((int) Math.clamp((long) index + by, 0, Math.max(0, ids.size() - 1)));
    }

    void select(int to) {
        if (to >= 0 && to < ids.size()) {
            index = to;
            selected = ids.get(to);
        }
    }

    /** Returns the first row to show, so that the selected one is among those that fit. */
    int offset(int fit) {
        int most = Math.max(0, ids.size() - fit);
        offset = Math.clamp(offset, 0, most);
        if (fit > 0) {
            offset = Math.clamp(offset, Math.max(0, index - fit + 1), Math.max(index, 0));
        }
        offset = Math.min(offset, most);
        return offset;
    }
}
