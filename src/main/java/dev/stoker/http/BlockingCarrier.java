package dev.stoker.http;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Carries exchanges over blocking sockets, each in a virtual thread and on a connection of its own:
 * for TLS, which the event loop does not have. It costs several times as much as the loop, and
 * can't tell how late its stamps are.
 *
 * <p>Sinks and stamps are called in the exchanges' own threads; the driver and the ends in the
 * caller's.
 */
public final class BlockingCarrier implements Carrier {
    private static final long LONGEST_WAIT_NANOS = 1_000_000_000;

    private final HttpExchange exchange;
    private final Clock clock;
    private final BlockingQueue<Runnable> ends = new LinkedBlockingQueue<>();
    private Cancellation cancellation = new Cancellation();
    private int open;
    private long since;

    public BlockingCarrier(Endpoint endpoint, Clock clock) {
        this.exchange = new HttpExchange(endpoint, clock);
        this.clock = clock;
        this.since = clock.nanos();
    }

    @Override
    public void run(Driver driver) {
        try {
            while (true) {
                long now = clock.nanos();
                long wish = driver.turn(now);
                if (wish == STOP) {
                    return;
                }
                long wall = (long) ((wish - clock.nanos()) / clock.speed());
                Runnable end =
                        ends.poll(Math.clamp(wall, 0, LONGEST_WAIT_NANOS), TimeUnit.NANOSECONDS);
                while (end != null) {
                    end.run();
                    end = ends.poll();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            cancelAll();
        }
    }

    @Override
    public void start(
            HttpRequest request,
            Timeouts timeouts,
            SendStamps stamps,
            ResponseSink sink,
            Ended ended) {
        Cancellation current = cancellation;
        open++;
        Thread.startVirtualThread(() -> {
            ExchangeEnd end = exchange.run(request, timeouts, stamps, sink, current);
            long now = clock.nanos();
            ends.add(() -> {
                open--;
                ended.ended(end, now);
            });
        });
    }

    /** Cancels all exchanges and waits for their ends, which come at once. */
    @Override
    public void cancelAll() {
        cancellation.cancel();
        cancellation = new Cancellation();
        boolean interrupted = false;
        while (open > 0) {
            try {
                Runnable end = ends.poll(1, TimeUnit.SECONDS);
                if (end == null) {
                    break;
                }
                end.run();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void wake() {
        ends.add(() -> {});
    }

    /** Tells no lag: none is known. */
    @Override
    public LoopFigures figures() {
        long now = clock.nanos();
        LoopFigures figures = new LoopFigures(0, 0, now - since, 0, 0, 0);
        since = now;
        return figures;
    }

    @Override
    public void close() {
        cancelAll();
    }
}
