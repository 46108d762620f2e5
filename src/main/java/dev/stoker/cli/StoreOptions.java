package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.RunStore;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The option of every command that uses the store of runs. Filled by picocli. */
final class StoreOptions {
    @Option(
            names = "--store",
            paramLabel = "STORE",
            description = {
                "Where runs are kept: a file, or jdbc:postgresql://HOST/DATABASE?user=NAME with the"
                        + " password in STOKER_STORE_PASSWORD or PGPASSWORD. Default: STOKER_STORE,"
                        + " else stoker/runs.db in the XDG data home."
            })
    String store = "";

    RunStore toLook(Stores stores) {
        return stores.open(store, Stores.Access.LOOK);
    }

    /** Notes that a run is being made for this store. */
    Spool.Ticket enter(Stores stores, Path run) {
        return stores.enter(run, store);
    }

    RunStore toChange(Stores stores) {
        return stores.open(store, Stores.Access.CHANGE);
    }

    /** Returns what to say of a store that could not take a run. */
    static String notKept(UserError e, Path run) {
        return "All that was measured is in its folder, but not in the store: "
                + Text.plain(e.sentence(), 500)
                + " The next command that opens that store puts it in, and so does: stoker history"
                + " import "
                + run;
    }
}
