package dev.stoker.gpu;

import dev.stoker.base.Clock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples sources, each on a thread of its own, so that a driver that hangs never holds up who
 * looks. While a call hangs, the last sample is handed out with its age; as soon as it returns, new
 * ones are. At most one call a source is under way, however often it is asked.
 *
 * <p>Thread-safe. The threads are daemons: a call that never returns does not keep the program
 * alive.
 */
public final class GpuCollector implements AutoCloseable {
    private final List<SourceWorker> workers;
    private final Clock clock;

    /**
     * @param sources what to sample; each is closed on its own thread when this is closed
     * @param clock for ages, and for how long to wait
     */
    public GpuCollector(List<GpuSource> sources, Clock clock) {
        this.clock = clock;
        this.workers = sources.stream().map(source -> new SourceWorker(source, clock)).toList();
    }

    /**
     * Asks every source for a new sample and does not wait for it: called early, it lets a driver
     * start while something else is done.
     */
    public void request() {
        workers.forEach(SourceWorker::ask);
    }

    /**
     * Returns what is known now, without asking or waiting.
     *
     * @param patience a source whose call has taken longer than this is called silent
     */
    public GpuPicture latest(Duration patience) {
        return new GpuPicture(workers.stream().map(worker -> worker.latest(patience)).toList());
    }

    /**
     * Asks every source for a new sample and returns when all have answered, at the latest after so
     * long. A source that has been silent for longer than that already is not waited for.
     */
    public GpuPicture collect(Duration patience) throws InterruptedException {
        List<Long> tickets = workers.stream().map(SourceWorker::ask).toList();
        long deadline = clock.nanos() + patience.toNanos();
        List<GpuPicture.Part> parts = new ArrayList<>();
        for (int i = 0; i < tickets.size(); i++) {
            parts.add(workers.get(i).await(tickets.get(i), deadline, patience));
        }
        return new GpuPicture(parts);
    }

    @Override
    public void close() {
        workers.forEach(SourceWorker::stop);
    }
}
