package dev.stoker.cli;

import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;

import picocli.CommandLine.Option;

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

    RunStore toChange(Stores stores) {
        return stores.open(store, Stores.Access.CHANGE);
    }
}
