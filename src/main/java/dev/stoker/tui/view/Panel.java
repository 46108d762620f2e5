package dev.stoker.tui.view;

/** The parts of the screen that keys and the mouse can act on. */
public enum Panel {
    GPUS("GPUs"),
    MODELS("models"),
    PROCESSES("processes"),
    SERVERS("servers"),
    EVENTS("events");

    private final String title;

    Panel(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
