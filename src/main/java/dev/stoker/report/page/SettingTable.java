package dev.stoker.report.page;

import dev.stoker.history.Setting;
import dev.stoker.report.draw.Cell;
import dev.stoker.report.draw.Grid;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The conditions of runs: one row a fact, one column a run; facts that differ are marked. Pure. */
public final class SettingTable {
    private SettingTable() {}

    /**
     * @param runs the runs' ids
     * @param settings of each of them
     */
    public static Grid of(List<String> runs, List<Setting> settings) {
        List<String> columns = new ArrayList<>(List.of("fact"));
        columns.addAll(runs.size() == 1 ? List.of("value") : runs);
        Set<String> names = new LinkedHashSet<>();
        settings.forEach(s -> names.addAll(s.facts().keySet()));
        Grid grid = new Grid(columns);
        for (String name : names) {
            List<Cell> cells = new ArrayList<>();
            settings.forEach(s -> cells.add(Cell.of(s.fact(name), Cell::of)));
            boolean same = cells.stream().distinct().count() == 1;
            cells.addFirst(new Cell(name, same ? "" : "differs", ""));
            grid.row(cells);
        }
        return grid;
    }
}
