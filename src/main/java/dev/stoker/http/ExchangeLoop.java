package dev.stoker.http;

import dev.stoker.base.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries many exchanges over non-blocking sockets in one thread: an event loop. Every read has its
 * own stamp, at most about half a millisecond late and never early (see {@link Pace}). Connections
 * are kept and used again; at most 128 are being made at a time, so that a server's queue of new
 * connections does not overflow.
 *
 * <p>No TLS: {@link BlockingCarrier} has it. One thread, but for {@link #wake}.
 */
public final class ExchangeLoop implements Carrier {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MOST_CONNECTING = 128;
    private static final long POLL_STEP_NANOS = 1_000_000;

    /** Limits are looked after at most and at least so often. */
    private static final long SHORTEST_CHECK_NANOS = 50_000_000;

    private static final long LONGEST_CHECK_NANOS = 1_000_000_000;

    private final Endpoint endpoint;
    private final EncodedHeads requestHeads;
    private final HeadMemory responseHeads = new HeadMemory();
    private final Clock clock;
    private final Poller poller;
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final Poller.Ready ready = this::ready;
    private final BusyConnections busy = new BusyConnections();
    private final ArrayDeque<LoopConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<LoopConnection.Exchange> waiting = new ArrayDeque<>();
    private final LoopWatch watch;
    private final Pace pace;
    private InetAddress @Nullable [] addresses;
    private int preferred;
    private int connecting;
    private long nextCheck;

    public ExchangeLoop(Endpoint endpoint, Clock clock) {
        this(endpoint, clock, Poller.open());
    }

    ExchangeLoop(Endpoint endpoint, Clock clock, Poller poller) {
        if (endpoint.tls()) {
            throw new IllegalArgumentException("the loop carries no TLS");
        }
        this.endpoint = endpoint;
        this.requestHeads = new EncodedHeads(endpoint);
        this.clock = clock;
        this.poller = poller;
        watch = new LoopWatch(clock.nanos());
        pace = new Pace(clock.speed() == 1, watch, clock.nanos());
    }

    @Override
    public void run(Driver driver) {
        long now = clock.nanos();
        try {
            for (long wish = driver.turn(now); wish != STOP; wish = driver.turn(now)) {
                now = turn(now, wish);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A method of its own, so that it is compiled early although the loop around it never ends. */
    private long turn(long turn, long wish) throws IOException {
        connectWaiting();
        if (turn >= nextCheck) {
            long earliest = busy.checkTimeouts(turn, this::timedOut);
            nextCheck =
                    Math.clamp(
                            earliest,
                            turn + (long) (SHORTEST_CHECK_NANOS * clock.speed()),
                            turn + (long) (LONGEST_CHECK_NANOS * clock.speed()));
        }
        long asked = clock.nanos();
        watch.busy(asked - turn);
        long until = Math.min(wish, nextCheck);
        boolean paused = poll((long) ((until - asked) / clock.speed()));
        long now = clock.nanos();
        pace.settle(asked, until, now, paused);
        return now;
    }

    /** Waits at most so long for events and deals with them; returns whether it paused blindly. */
    private boolean poll(long wallNanos) throws IOException {
        boolean pause = pace.pauses() || wallNanos < POLL_STEP_NANOS;
        pace.begin();
        if (wallNanos <= 0) {
            poller.poll(0, ready);
            return false;
        }
        if (pause) {
            LockSupport.parkNanos(Math.min(Pace.PAUSE_NANOS, wallNanos));
            poller.poll(0, ready);
            return true;
        }
        poller.poll(wallNanos / POLL_STEP_NANOS, ready);
        return false;
    }

    private void ready(LoopConnection c, boolean writable, boolean readable) {
        if (pace.isFirst()) {
            pace.woke(clock.nanos());
        }
        if (!c.connected) {
            if (!writable || !connected(c)) {
                return;
            }
        } else if (writable && !c.isIdle() && !c.isSent()) {
            write(c);
        }
        if (readable) {
            read(c);
        }
    }

    @Override
    public void start(
            HttpRequest request,
            Timeouts timeouts,
            SendStamps stamps,
            ResponseSink sink,
            Ended ended) {
        LoopConnection.Exchange exchange =
                new LoopConnection.Exchange(
                        request.method(),
                        requestHeads.encoded(request),
                        timeouts,
                        stamps,
                        sink,
                        ended);
        LoopConnection kept = idle.pollLast();
        if (kept != null) {
            busy.add(kept);
            long now = clock.nanos();
            carry(kept, exchange, now);
            stamps.connected(now);
            write(kept);
        } else {
            waiting.add(exchange);
            connectWaiting();
        }
    }

    private void carry(LoopConnection c, LoopConnection.Exchange exchange, long now) {
        c.carry(exchange, responseHeads, now);
        nextCheck = Math.min(nextCheck, now + c.shortestLimitNanos());
    }

    private void connectWaiting() {
        while (connecting < MOST_CONNECTING && !waiting.isEmpty()) {
            connect(waiting.remove(), 0);
        }
    }

    /**
     * @param tried how many of the host's addresses were tried before
     */
    private void connect(LoopConnection.Exchange exchange, int tried) {
        try {
            if (addresses == null) {
                addresses = InetAddress.getAllByName(endpoint.host());
            }
            InetAddress address = addresses[(preferred + tried) % addresses.length];
            LoopConnection c = poller.connect(address, endpoint.port(), tried);
            busy.add(c);
            connecting++;
            carry(c, exchange, clock.nanos());
        } catch (IOException e) {
            unreachable(exchange, tried, e);
        }
    }

    private void unreachable(LoopConnection.Exchange exchange, int tried, IOException e) {
        if (addresses != null && tried + 1 < addresses.length) {
            connect(exchange, tried + 1);
        } else {
            pace.end();
            exchange.ended.ended(
                    new ExchangeEnd.Unreachable(ConnectFailure.why(e, exchange.timeouts)),
                    clock.nanos());
        }
    }

    /** Returns whether the connection stands. */
    private boolean connected(LoopConnection c) {
        try {
            if (!c.finishConnect()) {
                return false;
            }
        } catch (IOException e) {
            int tried = c.address;
            unreachable(drop(c), tried, e);
            return false;
        }
        connecting--;
        c.connected = true;
        if (addresses != null && c.address > 0) {
            preferred = (preferred + c.address) % addresses.length;
        }
        c.exchange().stamps.connected(clock.nanos());
        write(c);
        return true;
    }

    private void write(LoopConnection c) {
        boolean all = c.send();
        c.lastNanos = clock.nanos();
        if (all) {
            c.exchange().stamps.sent(c.lastNanos);
        }
    }

    private void read(LoopConnection c) {
        int n;
        IOException failure = null;
        try {
            n = c.read(bytes);
        } catch (IOException e) {
            n = -1;
            failure = e;
        }
        long now = clock.nanos();
        if (n == 0) {
            return;
        }
        if (c.isIdle()) {
            // The server closed it, or spoke without being asked: of no use any more.
            idle.remove(c);
            c.close();
            return;
        }
        pace.read();
        if (n < 0) {
            closed(c, now, failure);
            return;
        }
        c.lastNanos = now;
        ResponseParser parser = c.parser();
        try {
            int used = parser.feed(bytes, 0, n, now);
            if (parser.isDone()) {
                boolean reusable = parser.isReusable() && used == n && c.isSent();
                finish(c, new ExchangeEnd.Complete(now, parser.framing()), now, reusable);
            }
        } catch (MalformedResponse e) {
            finish(c, new ExchangeEnd.Malformed(String.valueOf(e.getMessage())), now, false);
        }
    }

    private void closed(LoopConnection c, long now, @Nullable IOException failure) {
        ResponseParser parser = c.parser();
        LoopConnection.Exchange exchange = c.exchange();
        if (failure == null && parser.mayEndByClose() && parser.headSeen()) {
            finish(c, new ExchangeEnd.Complete(now, ExchangeEnd.Framing.CLOSED), now, false);
        } else if (c.reused && !parser.isBegun() && !exchange.retried) {
            // A kept connection that the server had given up: the request never reached it.
            exchange.retried = true;
            drop(c);
            waiting.addFirst(exchange);
        } else {
            String reason =
                    failure == null
                            ? "the server closed the connection"
                            : ConnectFailure.reset(failure);
            finish(c, new ExchangeEnd.Cut(now, parser.headSeen(), reason), now, false);
        }
    }

    private void finish(LoopConnection c, ExchangeEnd end, long now, boolean reusable) {
        LoopConnection.Exchange exchange;
        if (reusable) {
            busy.remove(c);
            exchange = c.release();
            idle.add(c);
        } else {
            exchange = drop(c);
        }
        pace.end();
        exchange.ended.ended(end, now);
    }

    /** Closes a busy connection and returns what it carried. */
    private LoopConnection.Exchange drop(LoopConnection c) {
        if (!c.connected) {
            connecting--;
        }
        busy.remove(c);
        c.close();
        return c.release();
    }

    private void timedOut(LoopConnection c, BusyConnections.Limit limit, long now) {
        Timeouts limits = c.exchange().timeouts;
        finish(
                c,
                switch (limit) {
                    case CONNECT -> new ExchangeEnd.Unreachable(ConnectFailure.tooLong(limits));
                    case SILENCE -> stalled(c, Duration.ofNanos(now - c.lastNanos));
                    case TOTAL -> stalled(c, limits.total());
                },
                now,
                false);
    }

    private static ExchangeEnd stalled(LoopConnection c, Duration silence) {
        return new ExchangeEnd.Stalled(silence, c.parser().headSeen());
    }

    @Override
    public void cancelAll() {
        long now = clock.nanos();
        List<LoopConnection.Exchange> cancelled = new ArrayList<>(waiting);
        waiting.clear();
        while (!busy.isEmpty()) {
            cancelled.add(drop(busy.last()));
        }
        cancelled.forEach(e -> e.ended.ended(new ExchangeEnd.Cancelled(), now));
    }

    @Override
    public void wake() {
        poller.wake();
    }

    @Override
    public LoopFigures figures() {
        return watch.take(clock.nanos());
    }

    @Override
    public void close() {
        cancelAll();
        idle.forEach(LoopConnection::close);
        idle.clear();
        poller.close();
    }
}
