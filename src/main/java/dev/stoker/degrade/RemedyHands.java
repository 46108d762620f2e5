package dev.stoker.degrade;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.control.ControlException;

/**
 * Does to the machine what a remedy asks for. Nothing is done before {@link #apply} is called,
 * which only happens after a yes. Used by one thread.
 */
public interface RemedyHands {

    /** Returns by which means a remedy would be done, or why it can't be from here. Only looks. */
    Reading<String> means(Remedy remedy);

    /**
     * Does it; the model is not in memory while the page cache is dropped or memory is compacted.
     *
     * @throws ControlException if it failed
     */
    void apply(Remedy remedy, Cancellation cancellation) throws ControlException;
}
