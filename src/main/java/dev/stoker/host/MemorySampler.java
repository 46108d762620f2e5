package dev.stoker.host;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;

import java.time.Duration;

/**
 * Watches memory in the background and keeps the extremes since the last mark. One virtual thread
 * looks once an interval; where a look is slow (the kernel walks the pages of a large process to
 * tell its share) it looks less often, so that looking takes at most a twentieth of one CPU. It
 * keeps one set of extremes and no history, so it may run for ever. Every method may be called from
 * any thread; {@link #mark} looks once itself, so each span has a sample.
 */
public final class MemorySampler implements AutoCloseable {
    private static final int SHARE = 20;

    private final HostSource host;
    private final Clock clock;
    private final Duration interval;
    private final Thread thread;
    private Reading<Long> root;
    private MemoryExtremes extremes = MemoryExtremes.none();
    private boolean closed;

    private MemorySampler(HostSource host, Reading<Long> root, Duration interval, Clock clock) {
        this.host = host;
        this.root = root;
        this.interval = interval;
        this.clock = clock;
        thread = Thread.ofVirtual().name("memory-sampler").unstarted(this::watch);
    }

    /**
     * Starts to watch.
     *
     * @param server the process at the root of the server's tree, or why it is unknown
     */
    public static MemorySampler start(
            HostSource host, Reading<HostProcess> server, Duration interval, Clock clock) {
        MemorySampler sampler =
                new MemorySampler(host, server.map(HostProcess::pid), interval, clock);
        sampler.thread.start();
        return sampler;
    }

    /** Watches another process from now on, as after a restart of the server; the extremes stay. */
    public synchronized void follow(Reading<HostProcess> server) {
        root = server.map(HostProcess::pid);
    }

    /** Looks once, returns the extremes since the last mark and begins anew with that look. */
    public MemoryExtremes mark() {
        MemoryExtremes last = look();
        synchronized (this) {
            MemoryExtremes all = extremes;
            extremes =
                    new MemoryExtremes(
                            last.leastAvailable(),
                            last.mostResident(),
                            last.measure(),
                            last.mostCgroup(),
                            1);
            return all;
        }
    }

    /** Returns the extremes since the last mark. */
    public synchronized MemoryExtremes soFar() {
        return extremes;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.interrupt();
    }

    /** Looks, adds the look to the extremes, and returns it alone. */
    private MemoryExtremes look() {
        Reading<Long> pid;
        synchronized (this) {
            pid = root;
        }
        HostMemory memory;
        TreeMemory tree;
        if (pid instanceof Reading.Known<Long>(Long known)) {
            memory = host.memoryFor(known);
            tree = host.tree(known);
        } else {
            memory = host.memory();
            tree = new NoHost(pid.reason()).tree(0);
        }
        synchronized (this) {
            extremes =
                    extremes.with(
                            memory.available(), tree.resident(), tree.measure(), tree.cgroup());
        }
        return MemoryExtremes.none()
                .with(memory.available(), tree.resident(), tree.measure(), tree.cgroup());
    }

    private void watch() {
        try {
            while (!isClosed()) {
                long before = clock.nanos();
                look();
                Duration rest = Duration.ofNanos(clock.nanos() - before).multipliedBy(SHARE);
                clock.sleep(rest.compareTo(interval) > 0 ? rest : interval);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }
}
