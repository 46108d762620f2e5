package dev.stoker.history;

/** Opens the store that the user means; stands between the commands and the kind of store. */
@FunctionalInterface
public interface Stores {

    /**
     * Opens a store.
     *
     * @param address a file, or a {@code jdbc:postgresql:} URL; empty for the user's own
     * @param access looking creates nothing: a store that is not there yet is then an empty one
     * @throws dev.stoker.base.UserError if it can't be opened
     */
    RunStore open(String address, Access access);

    /** What a store is opened for. */
    enum Access {
        LOOK,
        CHANGE
    }
}
