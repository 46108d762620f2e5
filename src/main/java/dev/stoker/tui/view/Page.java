package dev.stoker.tui.view;

import java.util.List;

/** What the screen is used for: everything, or more of one thing. */
public enum Page {
    ALL("all", List.of(Panel.GPUS, Panel.MODELS, Panel.PROCESSES, Panel.SERVERS, Panel.EVENTS)),
    GPUS("GPUs", List.of(Panel.GPUS)),
    MODELS("models", List.of(Panel.MODELS, Panel.SERVERS)),
    PROCESSES("processes", List.of(Panel.PROCESSES)),
    EVENTS("events", List.of(Panel.EVENTS));

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Panel> panels;

    Page(String title, List<Panel> panels) {
        this.title = title;
        this.panels = panels;
    }

    String title() {
        return title;
    }

    List<Panel> panels() {
        return panels;
    }
}
