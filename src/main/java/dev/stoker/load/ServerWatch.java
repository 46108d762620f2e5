package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.TreeMemory;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Notes the server's memory and CPU time while a load runs: once a second, in a virtual thread, and
 * less often where a look is slow, so that looking takes at most a hundredth of one CPU. It passes
 * the engine's events on and learns from them which step is running; between steps, and of a server
 * whose process can not be seen, nothing is noted. Thread-safe, if what it passes the events on to
 * is.
 */
public final class ServerWatch implements Consumer<LoadEvent>, AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration SHORTEST_WALL = Duration.ofMillis(250);
    private static final int SHARE = 100;

    private final HostSource host;
    private final int port;
    private final Clock clock;
    private final Consumer<LoadEvent> journal;
    private final Thread thread;
    private int step = -1;
    private long stepStart;

    private ServerWatch(HostSource host, int port, Clock clock, Consumer<LoadEvent> journal) {
        this.host = host;
        this.port = port;
        this.clock = clock;
        this.journal = journal;
        thread = Thread.ofVirtual().name("server-watch").unstarted(this::watch);
    }

    /**
     * Starts to watch.
     *
     * @param port where the server listens on that host
     * @param clock the run's
     * @param journal takes the engine's events and the ones of this watch
     */
    public static ServerWatch start(
            HostSource host, int port, Clock clock, Consumer<LoadEvent> journal) {
        ServerWatch watch = new ServerWatch(host, port, clock, journal);
        watch.thread.start();
        return watch;
    }

    @Override
    public void accept(LoadEvent event) {
        switch (event) {
            case LoadEvent.StepStarted e -> running(e.step(), clock.nanos());
            case LoadEvent.StepEnded _ -> running(-1, 0);
            case LoadEvent.RequestEnded _, LoadEvent.ServerSampled _ -> {}
        }
        journal.accept(event);
    }

    private synchronized void running(int now, long start) {
        step = now;
        stepStart = start;
    }

    private void watch() {
        try {
            if (!(host.listener(port) instanceof Reading.Known<HostProcess>(HostProcess server))) {
                return;
            }
            while (!Thread.currentThread().isInterrupted()) {
                long before = clock.nanos();
                look(server.pid());
                long took = clock.nanos() - before;
                long rest = Math.max(INTERVAL.toNanos(), took * SHARE);
                long least = (long) (SHORTEST_WALL.toNanos() * clock.speed());
                clock.sleep(Duration.ofNanos(Math.max(rest, least)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UserError e) {
            return; // The journal can't be written: the engine is told the same.
        }
    }

    private void look(long pid) {
        int now;
        long start;
        synchronized (this) {
            now = step;
            start = stepStart;
        }
        if (now < 0) {
            return;
        }
        TreeMemory tree = host.tree(pid);
        LoadEvent.ServerSampled sample =
                new LoadEvent.ServerSampled(
                        now,
                        clock.nanos() - start,
                        host.memoryFor(pid).available(),
                        tree.resident(),
                        host.cpuTime(pid));
        synchronized (this) {
            if (step == now) {
                journal.accept(sample);
            }
        }
    }

    /** Stops; afterwards no sample is written any more. */
    @Override
    public void close() {
        running(-1, 0);
        thread.interrupt();
    }
}
