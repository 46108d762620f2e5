package dev.stoker.history;

import java.nio.file.Path;

/** Opens the store that the user means; stands between the commands and the kind of store. */
public interface Stores {

    /**
     * Opens a store.
     *
     * @param address a file, or a {@code jdbc:postgresql:} URL; empty for the user's own
     * @param access looking creates nothing: a store that is not there yet is then an empty one
     * @throws dev.stoker.base.UserError if it can't be opened
     */
    RunStore open(String address, Access access);

    /**
     * Names a store without opening it: the same name for the same database, without a password.
     *
     * @param address as for {@link #open}
     */
    String name(String address);

    /**
     * Notes that a run is being made for a store, so that whatever happens to this process or to
     * the store, the run gets there. To be called before its first request.
     *
     * @param run the run's folder
     * @param address as for {@link #open}
     */
    default Spool.Ticket enter(Path run, String address) {
        return Spool.unnoted(run);
    }

    /**
     * Takes a run out of those that wait for a store: it was put in another way.
     *
     * @param run the run's folder
     * @param address as for {@link #open}
     */
    default void settle(Path run, String address) {}

    /** What a store is opened for. */
    enum Access {
        LOOK,
        CHANGE
    }
}
