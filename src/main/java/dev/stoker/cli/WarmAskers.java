package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.explain.account.LogAccount;
import dev.stoker.explain.log.LogFollower;
import dev.stoker.explain.log.LogSource;

import java.nio.file.Files;

/** Tells by a server's log from where the loads of models were asked for. Thread-safe. */
final class WarmAskers {
    private static final int LONGEST = 60;

    private final LogAccount account = new LogAccount();
    private final LogFollower log;

    /**
     * @throws UserError if the log can't be read
     */
    WarmAskers(LogSource source, Clock clock) {
        log = new LogFollower(source, account, clock);
        if (source instanceof LogSource.FileLog file && !Files.isReadable(file.path())) {
            throw UserError.wrongUse(
                    "The log " + file.path() + " is not there or can't be read.",
                    "Name the server's log, or leave out --log.");
        }
        log.read();
    }

    /** Returns the address that asked for the latest load of a model; empty if it is not told. */
    synchronized String of(String model) {
        try {
            log.read();
        } catch (UserError e) {
            return ""; // It can't be read at this moment; the next look tries again.
        }
        return account.asker(model).map(who -> Text.plain(who, LONGEST)).orElse("");
    }
}
