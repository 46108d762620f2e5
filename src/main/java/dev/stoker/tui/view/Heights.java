package dev.stoker.tui.view;

import java.util.function.IntUnaryOperator;

/**
 * How many rows each panel of the first page gets, titles included. Every panel first gets what it
 * needs to say anything, then the GPUs become cards with graphs if that leaves the lists enough,
 * then the lists grow, then what is left makes the graphs higher. Pure.
 */
record Heights(int gpus, int models, int processes, int servers, int events) {

    /**
     * What the panels could use.
     *
     * @param gpuLines rows of the GPUs, one line each, with their title
     * @param gpuCards rows that cards take of so many; 0 where they don't fit
     */
    record Wants(
            int gpuLines,
            IntUnaryOperator gpuCards,
            int models,
            int processes,
            int servers,
            int events) {}

    static Heights of(int rows, int gap, Wants wants) {
        int models = 1 + Math.max(1, wants.models());
        int servers = wants.servers() == 0 ? 0 : 1 + wants.servers();
        int processes = 1 + Math.clamp(wants.processes(), 1, 3);
        int events = rows >= 17 ? 2 : 0;
        int gaps = gap * (2 + (servers > 0 ? 1 : 0) + (events > 0 ? 1 : 0));
        int gpus = wants.gpuLines();
        int left = rows - gaps - gpus - models - servers - processes - events;
        // Too small: servers go first, since each model names its own; then lists get shorter.
        if (left < 0 && servers > 0) {
            left += servers;
            servers = 0;
        }
        while (left < 0 && models > 2 && models >= gpus) {
            models--;
            left++;
        }
        while (left < 0 && events > 0) {
            events--;
            left++;
            if (events == 1) {
                events = 0;
                left++;
            }
        }
        while (left < 0 && processes > 2) {
            processes--;
            left++;
        }
        while (left < 0 && gpus > 2) {
            gpus--;
            left++;
        }
        while (left < 0 && models > 1) {
            models--;
            left++;
        }
        if (left > 0) {
            int cards = wants.gpuCards().applyAsInt(Math.min(gpus + left, mostForGpus(rows)));
            if (cards > gpus) {
                left -= cards - gpus;
                gpus = cards;
            }
        }
        int more = Math.clamp(wants.processes() + 1L - processes, 0, Math.max(0, left));
        processes += more;
        left -= more;
        if (events > 0) {
            more = Math.clamp(Math.min(wants.events(), 6) + 1L - events, 0, Math.max(0, left));
            events += more;
            left -= more;
        }
        if (left > 0) {
            int cards = wants.gpuCards().applyAsInt(gpus + left);
            if (cards > gpus) {
                left -= cards - gpus;
                gpus = cards;
            }
        }
        return new Heights(gpus, models, processes + Math.max(0, left), servers, events);
    }

    /** Graphs take about half of the screen at first. */
    private static int mostForGpus(int rows) {
        return rows * 55 / 100;
    }
}
