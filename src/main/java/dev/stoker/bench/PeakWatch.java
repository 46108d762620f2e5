package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Duration;

/**
 * Samples the server's memory in the background and keeps the extremes. One instance a model;
 * started by its constructor, ended by {@link #close}. The extremes may be read at any time.
 */
final class PeakWatch implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(250);

    private final ServerMemory memory;
    private final Thread thread;
    private Reading<Bytes> leastAvailable = Reading.unsupported("not sampled yet");
    private Reading<Bytes> mostResident = Reading.unsupported("not sampled yet");
    private Reading<Bytes> mostCgroup = Reading.unsupported("not sampled yet");
    private volatile boolean closed;

    PeakWatch(ServerMemory memory, BenchContext context) {
        this.memory = memory;
        this.thread =
                Thread.ofVirtual()
                        .name("memory-watch")
                        .start(() -> {
                            try {
                                while (!closed) {
                                    sample();
                                    context.clock().sleep(INTERVAL);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    /** Takes a sample now, besides those of the background. */
    void sample() {
        ServerMemory.TreeReading tree = memory.tree();
        Reading<Bytes> available = memory.available();
        synchronized (this) {
            leastAvailable = extreme(leastAvailable, available, false);
            mostResident = extreme(mostResident, tree.resident(), true);
            mostCgroup = extreme(mostCgroup, tree.cgroup(), true);
        }
    }

    private static Reading<Bytes> extreme(Reading<Bytes> old, Reading<Bytes> now, boolean most) {
        if (!(now instanceof Reading.Known<Bytes>(Bytes n))) {
            return old.isKnown() ? old : now;
        }
        if (!(old instanceof Reading.Known<Bytes>(Bytes o))) {
            return now;
        }
        return Reading.known(most ? o.max(n) : o.min(n));
    }

    /** Returns the extremes so far, with the server's word on the model from an earlier mark. */
    synchronized MemoryMark peak(MemoryMark loaded) {
        return new MemoryMark(
                leastAvailable, mostResident, mostCgroup, loaded.modelTotal(), loaded.modelOnGpu());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
