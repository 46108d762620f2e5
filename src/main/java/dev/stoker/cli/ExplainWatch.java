package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.UserError;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.account.LogAccount;
import dev.stoker.explain.account.StateAccount;
import dev.stoker.explain.log.LogFacts;
import dev.stoker.explain.log.LogFollower;
import dev.stoker.explain.log.LogSource;
import dev.stoker.server.state.ServerState;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches a server's real traffic for a while without a question that changes anything: its state
 * each second, and its log where that can be read. One thread.
 */
final class ExplainWatch {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration FINE = Duration.ofMillis(20);

    private final Clock clock;
    private final Supplier<ServerState> look;
    private final StateAccount states = new StateAccount();
    private final LogAccount account = new LogAccount();
    private final Optional<LogFollower> log;
    private String logTrouble = "";

    /**
     * @param log the server's log, where it can be read
     */
    ExplainWatch(Clock clock, Supplier<ServerState> look, Optional<LogSource> log) {
        this.clock = clock;
        this.look = look;
        this.log = log.map(source -> new LogFollower(source, account, clock));
    }

    /**
     * What was seen.
     *
     * @param seconds how long
     * @param read of the log; empty where the state alone told it
     * @param logTrouble why the log could not be read; empty if it could, or there is none
     */
    record Seen(Attribution told, double seconds, Optional<LogFacts> read, String logTrouble) {}

    /** Reads what the log says of the time before, so that what is loaded is known. */
    void begin() {
        readLog();
        account.beginAnew();
        states.next(look.get());
        if (isCheap()) {
            account.live(() -> ChronoUnit.MICROS.between(Instant.EPOCH, clock.now()));
        }
    }

    /**
     * Watches for so long, or until it is cancelled.
     *
     * @param progress hears the seconds so far
     */
    Seen watch(Duration time, Cancellation cancellation, Consumer<Long> progress)
            throws InterruptedException {
        begin();
        long start = clock.nanos();
        long end = start + time.toNanos();
        while (clock.nanos() < end && !cancellation.isCancelled()) {
            sleep(shorter(STEP, Duration.ofNanos(Math.max(0, end - clock.nanos()))));
            states.next(look.get());
            progress.accept((clock.nanos() - start) / 1_000_000_000);
        }
        return seen((clock.nanos() - start) / 1e9);
    }

    /** Waits, and reads meanwhile what comes, so that lines without a time get one. */
    private void sleep(Duration time) throws InterruptedException {
        if (!isCheap()) {
            clock.sleep(time);
            return;
        }
        long end = clock.nanos() + time.toNanos();
        while (clock.nanos() < end) {
            clock.sleep(shorter(FINE, Duration.ofNanos(Math.max(0, end - clock.nanos()))));
            readLog();
        }
    }

    private boolean isCheap() {
        return log.filter(LogFollower::isCheap).isPresent();
    }

    /** Does something, and reads meanwhile what comes. */
    <T> T during(Supplier<T> work) throws InterruptedException {
        if (!isCheap()) {
            return work.get();
        }
        AtomicBoolean done = new AtomicBoolean();
        Thread reader = Thread.ofVirtual().name("explain-log").start(() -> follow(done));
        try {
            return work.get();
        } finally {
            done.set(true);
            reader.join();
        }
    }

    private void follow(AtomicBoolean done) {
        try {
            while (!done.get()) {
                sleep(FINE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it: what the log says counts if there is something in it. */
    Seen seen(double seconds) {
        readLog();
        Attribution byLog = account.attribution();
        Attribution byState = states.attribution();
        boolean logTells = log.isPresent() && logTrouble.isEmpty();
        boolean useLog = logTells && (byLog.requests() > 0 || byState.requests() == 0);
        return new Seen(
                useLog ? byLog : byState,
                seconds,
                useLog ? log.map(LogFollower::facts) : Optional.empty(),
                logTrouble);
    }

    private void readLog() {
        if (log.isPresent() && logTrouble.isEmpty()) {
            try {
                log.get().read();
            } catch (UserError e) {
                logTrouble = e.sentence();
            }
        }
    }

    /** Returns what the log says since {@link #begin}; empty where it can't be read. */
    Optional<Attribution> byLog() {
        readLog();
        return log.isPresent() && logTrouble.isEmpty()
                ? Optional.of(account.attribution())
                : Optional.empty();
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
