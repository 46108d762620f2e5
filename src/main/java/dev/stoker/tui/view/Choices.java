package dev.stoker.tui.view;

import dev.stoker.tui.screen.Theme;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the person at the screen has chosen to see. Used by one thread. */
public final class Choices {
    private static final List<Duration> SPANS =
            List.of(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15),
                    Duration.ofHours(1));

    private final Map<Panel, ListState> lists = new EnumMap<>(Panel.class);
    private final ListState hosts = new ListState();
    private Page page = Page.ALL;
    private Panel focus = Panel.GPUS;
    private String filter = "";
    private int span = 1;

    /** Which box lies over the rest. */
    public enum Box {
        NONE,
        HELP,
        FACTS,
        KILL
    }

    public Theme theme;
    public boolean tree;
    public boolean fullCommand;
    public boolean paused;
    public boolean typing;
    public Box box = Box.NONE;
    public Optional<KillTarget> kill = Optional.empty();

    /** What was done last, or why not; shown until the next key. */
    public String message = "";

    public Choices(Theme theme) {
        this.theme = theme;
        for (Panel panel : Panel.values()) {
            lists.put(panel, new ListState());
        }
    }

    public Page page() {
        return page;
    }

    public void page(Page to) {
        page = to;
        if (!page.panels().contains(focus)) {
            focus = page.panels().getFirst();
        }
    }

    public Panel focus() {
        return focus;
    }

    public void focus(Panel panel) {
        focus = panel;
    }

    /** Moves to the next panel of the page, or back. */
    public void focusNext(int by) {
        List<Panel> panels = page.panels();
        focus = panels.get(Math.floorMod(panels.indexOf(focus) + by, panels.size()));
    }

    ListState list(Panel panel) {
        return lists.computeIfAbsent(panel, _ -> new ListState());
    }

    /** Returns the list of hosts, where several are watched. */
    ListState hosts() {
        return hosts;
    }

    /** Moves the selection in the panel that has the keys. */
    public void move(int by) {
        list(focus).move(by);
    }

    public void moveHost(int by) {
        hosts.move(by);
    }

    public String selectedHost() {
        return hosts.selected();
    }

    public String filter() {
        return filter;
    }

    public void filter(String text) {
        filter = text;
    }

    public Duration span() {
        return SPANS.get(span);
    }

    /** Shows a longer or a shorter time in graphs. */
    public void span(int by) {
        span = Math.clamp((long) span + by, 0, SPANS.size() - 1);
    }
}
