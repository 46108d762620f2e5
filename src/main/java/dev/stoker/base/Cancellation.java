package dev.stoker.base;

import java.util.ArrayList;
import java.util.List;

/**
 * Says to work that is under way that it shall stop: Ctrl-C, a time limit, a failed neighbour. Work
 * that blocks registers what unblocks it. Safe to use from any thread; once cancelled it stays so.
 */
public final class Cancellation {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean cancelled;

    /** Returns one that nobody will ever cancel. */
    public static Cancellation never() {
        return new Cancellation();
    }

    /** Cancels, and runs each registered action once, in the caller's thread. */
    public void cancel() {
        List<Runnable> run;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            run = List.copyOf(actions);
            actions.clear();
        }
        for (Runnable action : run) {
            action.run();
        }
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /**
     * Registers an action; it runs at once if this is cancelled already. Close the registration
     * when the work is over.
     */
    public Registration onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                actions.add(action);
                return () -> forget(action);
            }
        }
        action.run();
        return () -> {};
    }

    private synchronized void forget(Runnable action) {
        actions.remove(action);
    }

    /** An action that waits for a cancellation; closing it takes the action back. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
