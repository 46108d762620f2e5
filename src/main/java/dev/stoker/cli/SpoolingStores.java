package dev.stoker.cli;

import dev.stoker.base.Clock;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.JournalLine;
import dev.stoker.history.Run;
import dev.stoker.history.RunStore;
import dev.stoker.history.Spool;
import dev.stoker.history.Stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Opens stores, and first puts in the runs that wait for them: those of processes that were killed,
 * and those that a full disk or a database that was away could not take. One sentence tells of it.
 * What the user asked for never fails by that, and waits for it at most {@link #LONGEST}, or one
 * answer of a database. Used by one thread.
 */
public final class SpoolingStores implements Stores {
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /** Reading a journal of this size, and writing it into a store, takes about ten seconds. */
    private static final long LARGEST = 256L << 20;

    private final Supplier<Stores> stores;
    private final Spool spool;
    private final Consumer<String> remarks;

    /**
     * @param stores made when a store is needed
     * @param remarks takes what the user is told
     */
    public SpoolingStores(
            Supplier<Stores> stores, Map<String, String> env, Consumer<String> remarks) {
        this.stores = stores;
        this.spool = new Spool(ResultsFolder.data(env).resolve("pending"));
        this.remarks = remarks;
    }

    @Override
    public String name(String address) {
        return stores.get().name(address);
    }

    @Override
    public Spool.Ticket enter(Path run, String address) {
        return spool.enter(run, name(address));
    }

    @Override
    public void settle(Path run, String address) {
        Path path = run.toAbsolutePath().normalize();
        for (Spool.Ticket ticket : spool.waiting(name(address))) {
            if (ticket.run().equals(path)) {
                ticket.done();
            }
            ticket.close();
        }
    }

    @Override
    public RunStore open(String address, Access access) {
        Stores real = stores.get();
        List<Spool.Ticket> waiting = spool.waiting(real.name(address));
        if (waiting.isEmpty()) {
            return real.open(address, access);
        }
        try (Tickets _ = new Tickets(waiting);
                RunStore store = real.open(address, Access.CHANGE)) {
            recover(waiting, store);
        } catch (UserError e) {
            // The store can't be changed now: they go on waiting, and the command goes on.
        }
        return real.open(address, access);
    }

    private record Tickets(List<Spool.Ticket> tickets) implements AutoCloseable {
        @Override
        public void close() {
            tickets.forEach(Spool.Ticket::close);
        }
    }

    private void recover(List<Spool.Ticket> waiting, RunStore store) {
        long end = Clock.system().nanos() + LONGEST.toNanos();
        List<String> recovered = new ArrayList<>();
        for (Spool.Ticket ticket : waiting) {
            Path run = ticket.run();
            try {
                if (size(run) > LARGEST) {
                    remarks.accept(
                            "! 1 run waits for the store, and is large. Put it in with: stoker"
                                    + " history import "
                                    + run);
                    continue;
                }
                RunSource.read(run, (found, journal) -> put(store, found, journal, end, recovered));
                ticket.done();
            } catch (UserError e) {
                remarks.accept(
                        "! 1 run could not be put into the store: "
                                + Text.plain(e.sentence(), 300)
                                + " Put it in with: stoker history import "
                                + run);
            }
        }
        if (!recovered.isEmpty()) {
            remarks.accept(
                    "! "
                            + (recovered.size() == 1
                                    ? "1 run was recovered: "
                                    : recovered.size() + " runs were recovered: ")
                            + String.join(", ", recovered));
        }
    }

    private static void put(
            RunStore store,
            Run run,
            Stream<JournalLine> journal,
            long end,
            List<String> recovered) {
        if (run.subjects().isEmpty()) {
            return; // It was ended before anything was measured.
        }
        store.put(
                run,
                journal.peek(_ -> {
                    if (Clock.system().nanos() > end) {
                        throw UserError.wrongUse("It takes too long here.", "");
                    }
                }));
        recovered.add(run.id() + (run.complete() ? "" : " (interrupted)"));
    }

    private static long size(Path run) {
        long size = 0;
        for (String journal : List.of("requests.jsonl", "events.jsonl")) {
            try {
                Path file = run.resolve(journal);
                size += Files.exists(file) ? Files.size(file) : 0;
            } catch (IOException e) {
                // Reading it will tell.
            }
        }
        return size;
    }
}
