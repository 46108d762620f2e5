package dev.stoker.alert;

import dev.stoker.base.Clock;
import dev.stoker.base.Text;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Tells outlets what is wrong: each thing once and once when it is over, over restarts of this
 * program too. What is to be told is on the disk before the first try, and taken off it after the
 * receiver took it: a kill between these two sends a message a second time, with the same id. Each
 * outlet has a thread of its own, is asked at most once in some seconds, and then gets all that is
 * due; a failing one is tried again after ever longer pauses. Thread-safe.
 */
public final class Alerter implements AutoCloseable {
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Duration GAP = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int AT_ONCE = 50;

    private final List<Outlet> outlets;
    private final Severity least;
    private final Set<String> names = new LinkedHashSet<>();
    private final StateFile file;
    private final Clock clock;
    private final Duration settle;
    private final Duration gap;
    private final Consumer<String> complaints;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Thread> threads = new HashMap<>();
    private AlertState state;
    private boolean complained;

    /**
     * Reads what an earlier process left, and goes on with it.
     *
     * @param least what is milder is told nobody
     * @param complaints is told where the state can't be kept, or an outlet refuses, a sentence
     *     each
     */
    public Alerter(
            List<Outlet> outlets,
            Severity least,
            StateFile file,
            Clock clock,
            Consumer<String> complaints) {
        this(outlets, least, file, clock, SETTLE, GAP, complaints);
    }

    Alerter(
            List<Outlet> outlets,
            Severity least,
            StateFile file,
            Clock clock,
            Duration settle,
            Duration gap,
            Consumer<String> complaints) {
        this.outlets = List.copyOf(outlets);
        this.least = least;
        this.file = file;
        this.clock = clock;
        this.settle = settle;
        this.gap = gap;
        this.complaints = complaints;
        this.state = file.read();
        for (Outlet outlet : this.outlets) {
            if (names.add(outlet.name())) {
                threads.put(
                        outlet.name(),
                        Thread.ofVirtual().name("alert " + outlet.name()).start(() -> run(outlet)));
            }
        }
    }

    /** Takes what is wrong now; does not wait for anybody. */
    public void take(Collection<Notice> active) {
        take(active, clock.now());
    }

    void take(Collection<Notice> active, Instant now) {
        lock.lock();
        try {
            List<Notice> grave =
                    active.stream().filter(n -> n.severity().compareTo(least) >= 0).toList();
            AlertState next = state.next(grave, now, settle, names);
            boolean told = !next.unsent().equals(state.unsent());
            boolean moved = !next.raised().keySet().equals(state.raised().keySet());
            state = next;
            if (told || moved) {
                keep();
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the state as it is now. */
    public AlertState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        try {
            file.write(state);
            complained = false;
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                complaints.accept(
                        "What is to be told can't be kept in "
                                + file.path()
                                + " ("
                                + Text.plain(String.valueOf(e.getMessage()), 200)
                                + "): a restart would tell it again.");
            }
        }
    }

    private void run(Outlet outlet) {
        Duration pause = gap;
        try {
            while (true) {
                List<Message> due = await(outlet.name());
                Outlet.Sent sent = outlet.send(due);
                boolean again =
                        sent instanceof Outlet.Sent.Failed(String reason, boolean later)
                                && failed(outlet, reason, later, pause.equals(gap));
                if (!again) {
                    done(outlet.name(), due);
                    pause = gap;
                } else {
                    Duration twice = pause.multipliedBy(2);
                    pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
                }
                clock.sleep(pause);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private boolean failed(Outlet outlet, String reason, boolean later, boolean first) {
        if (first || !later) {
            complaints.accept(
                    "An alert could not be sent ("
                            + outlet.name()
                            + "): "
                            + reason
                            + (later ? " It is tried again." : " It is not tried again."));
        }
        return later;
    }

    private List<Message> await(String outlet) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                List<Message> unsent = state.unsent().getOrDefault(outlet, List.of());
                if (!unsent.isEmpty()) {
                    return unsent.subList(0, Math.min(AT_ONCE, unsent.size()));
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void done(String outlet, List<Message> sent) {
        lock.lock();
        try {
            state = state.sent(outlet, sent);
            keep();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the threads; what is unsent stays on the disk. */
    @Override
    public void close() {
        threads.values().forEach(Thread::interrupt);
        for (Thread thread : threads.values()) {
            try {
                thread.join(Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
