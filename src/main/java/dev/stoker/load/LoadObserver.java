package dev.stoker.load;

/**
 * Sees every event of a load test while its summary is made, so that a reader who needs more than
 * the summary reads the files no further time. Called by one thread, in the order of the journal;
 * the window of a step is known from its first event on.
 */
@FunctionalInterface
public interface LoadObserver {

    /**
     * @param window of the event's step
     */
    void event(LoadEvent event, StepWindow window);

    /** Returns one that looks away. */
    static LoadObserver none() {
        return (_, _) -> {};
    }
}
