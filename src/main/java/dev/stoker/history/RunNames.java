package dev.stoker.history;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.util.List;
import java.util.Optional;

/**
 * Finds a run by what the user calls it: {@code latest}, its id, a tag, or the first characters of
 * its id. Used by one thread.
 */
public final class RunNames {
    public static final String LATEST = "latest";
    private static final int SHOWN = 5;

    private final RunStore store;

    public RunNames(RunStore store) {
        this.store = store;
    }

    /**
     * Returns the run's id; empty where none is called so.
     *
     * @throws UserError if several runs could be meant
     */
    public Optional<String> find(String name) {
        if (name.equals(LATEST)) {
            return store.list(1).stream().map(RunSummary::id).findFirst();
        }
        if (name.isBlank()) {
            return Optional.empty();
        }
        List<String> ids = store.idsWithPrefix(name, SHOWN);
        if (ids.contains(name)) {
            return Optional.of(name);
        }
        Optional<String> tagged = store.tagged(name);
        if (tagged.isPresent()) {
            return tagged;
        }
        if (ids.size() > 1) {
            throw UserError.wrongUse(
                    "'" + Text.plain(name) + "' is the beginning of several runs' ids.",
                    "Write one of them out: " + String.join(", ", ids));
        }
        return ids.stream().findFirst();
    }

    /**
     * Returns the run's id.
     *
     * @throws UserError if there is none, or several could be meant
     */
    public String require(String name) {
        return find(name).orElseThrow(() -> missing(name));
    }

    /** Returns the error for a name that no run has. */
    public UserError missing(String name) {
        List<RunSummary> latest = store.list(SHOWN);
        return UserError.wrongUse(
                name.equals(LATEST)
                        ? "There is no run in " + store.place() + " yet."
                        : "There is no run '"
                                + Text.plain(name, 100)
                                + "' in "
                                + store.place()
                                + ".",
                latest.isEmpty()
                        ? "Measure one with 'stoker bench', or 'stoker history import' earlier"
                                + " ones."
                        : "The latest are: "
                                + String.join(", ", latest.stream().map(RunSummary::id).toList()));
    }

    /**
     * Refuses a tag that could not be told from another name of a run.
     *
     * @throws UserError if it can't be a tag
     */
    public static void requireTag(String tag) {
        if (tag.equals(LATEST) || !tag.matches("[\\p{L}\\p{N}][\\p{L}\\p{N}._+-]{0,63}")) {
            throw UserError.wrongUse(
                    "'" + Text.plain(tag, 100) + "' can not be a tag.",
                    "A tag begins with a letter or a digit, goes on with those and . _ + - up to 64"
                            + " characters, and is not 'latest'.");
        }
    }
}
