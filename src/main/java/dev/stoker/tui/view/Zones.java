package dev.stoker.tui.view;

import dev.stoker.tui.screen.Area;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The places of the screen that can be clicked, the one that was drawn last first. One thread. */
final class Zones {
    private final List<Zone> zones = new ArrayList<>();

    /**
     * A place.
     *
     * @param panel which part of the screen it belongs to; empty for none
     */
    record Zone(Area area, Optional<Panel> panel, Runnable action) {}

    void clear() {
        zones.clear();
    }

    void add(Area area, Panel panel, Runnable action) {
        zones.add(new Zone(area, Optional.of(panel), action));
    }

    void add(Area area, Runnable action) {
        zones.add(new Zone(area, Optional.empty(), action));
    }

    Optional<Zone> at(int column, int row) {
        for (int i = zones.size() - 1; i >= 0; i--) {
            if (zones.get(i).area().contains(column, row)) {
                return Optional.of(zones.get(i));
            }
        }
        return Optional.empty();
    }
}
