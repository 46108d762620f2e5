package dev.stoker.http;

import dev.stoker.base.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Carries many exchanges over non-blocking sockets in one thread: an event loop. Every read has its
 * own stamp. Connections are kept and used again; at most 128 are being made at a time, so that a
 * server's queue of new connections does not overflow.
 *
 * <p><b>Batched polls.</b> A thread that is woken for every event spends most of its time on waking
 * up. When many reads come that end nothing (tokens of many streams), the loop pauses 0.4 ms
 * between polls instead: a stamp is then at most about half a millisecond late, and never early.
 * When few come, or when many of them end an exchange (then somebody waits for the next one), it
 * waits in the selector and wakes at once.
 *
 * <p>No TLS: {@link BlockingCarrier} has it. One thread, but for {@link #wake}.
 */
public final class ExchangeLoop implements Carrier {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MOST_CONNECTING = 128;
    private static final long PAUSE_NANOS = 400_000;
    private static final long SELECTOR_STEP_NANOS = 1_000_000;
    private static final long CHECK_NANOS = 50_000_000;

    /** A select that took longer than this has waited: what it brought came just then. */
    private static final long WAITED_NANOS = 50_000;

    /** The rates of reads and of ends are measured over so long. */
    private static final long RATE_NANOS = 20_000_000;

    /** From so many reads in that time on polls are batched: about two reads a poll. */
    private static final int READS_TO_BATCH = 80;

    private static final int READS_PER_END_TO_BATCH = 8;

    /**
     * After fewer reads in a turn the next one waits in the selector: a pause that brings nothing
     * costs more than a wake-up.
     */
    private static final int READS_TO_PAUSE = 3;

    private final Endpoint endpoint;
    private final Clock clock;
    private final boolean mayBatch;
    private final Selector selector;
    private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final Consumer<SelectionKey> ready = this::ready;
    private final List<LoopConnection> busy = new ArrayList<>();
    private final ArrayDeque<LoopConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<LoopConnection.Exchange> waiting = new ArrayDeque<>();
    private final LoopWatch watch;
    private InetAddress @Nullable [] addresses;
    private int preferred;
    private int connecting;
    private long nextCheck;
    private boolean batching;

    private boolean woken;
    private long wokeNanos;
    private long lastPollNanos;
    private int readsInTurn;
    private long rateSince;
    private int reads;
    private int ends;

    public ExchangeLoop(Endpoint endpoint, Clock clock) {
        this(endpoint, clock, true);
    }

    /**
     * @param mayBatch whether polls may be batched; without it the loop wakes at every event
     */
    public ExchangeLoop(Endpoint endpoint, Clock clock, boolean mayBatch) {
        if (endpoint.tls()) {
            throw new IllegalArgumentException("the loop carries no TLS");
        }
        this.endpoint = endpoint;
        this.clock = clock;
        this.mayBatch = mayBatch;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        watch = new LoopWatch(clock.nanos());
    }

    @Override
    public void run(Driver driver) {
        long turn = clock.nanos();
        lastPollNanos = turn;
        rateSince = turn;
        try {
            while (true) {
                long wish = driver.turn(turn);
                if (wish == STOP) {
                    return;
                }
                connectWaiting();
                if (turn >= nextCheck) {
                    checkTimeouts(turn);
                    nextCheck = turn + (long) (CHECK_NANOS * clock.speed());
                }
                long asked = clock.nanos();
                watch.busy(asked - turn);
                long until = Math.min(wish, nextCheck);
                boolean paused = poll((long) ((until - asked) / clock.speed()));
                turn = clock.nanos();
                settle(asked, until, turn, paused);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits at most so long for events and deals with them; returns whether it paused blindly. */
    private boolean poll(long wallNanos) throws IOException {
        woken = false;
        boolean crowded = readsInTurn >= READS_TO_PAUSE;
        readsInTurn = 0;
        if (wallNanos <= 0) {
            selector.selectNow(ready);
            return false;
        }
        if ((batching && crowded) || wallNanos < SELECTOR_STEP_NANOS) {
            LockSupport.parkNanos(Math.min(PAUSE_NANOS, wallNanos));
            selector.selectNow(ready);
            return true;
        }
        selector.select(ready, wallNanos / SELECTOR_STEP_NANOS);
        return false;
    }

    private void settle(long asked, long until, long now, boolean paused) {
        if (woken) {
            watch.busy(now - wokeNanos);
            boolean waited = !paused && wokeNanos - asked > WAITED_NANOS;
            if (readsInTurn > 0) {
                watch.reads(readsInTurn, now - (waited ? wokeNanos : lastPollNanos));
            }
            lastPollNanos = wokeNanos;
        } else {
            lastPollNanos = now;
        }
        if (until < asked) {
            watch.overslept(asked - until);
        } else if (until < now && !woken) {
            watch.overslept(now - until);
        }
        if (now - rateSince >= RATE_NANOS) {
            batching =
                    mayBatch
                            && clock.speed() == 1
                            && reads >= READS_TO_BATCH * ((now - rateSince) / (double) RATE_NANOS)
                            && reads >= READS_PER_END_TO_BATCH * ends;
            rateSince = now;
            reads = 0;
            ends = 0;
        }
    }

    private void ready(SelectionKey key) {
        if (!woken) {
            woken = true;
            wokeNanos = clock.nanos();
        }
        LoopConnection c = (LoopConnection) key.attachment();
        if (!key.isValid()) {
            return;
        }
        if (!c.connected) {
            connected(c);
            return;
        }
        if (key.isWritable()) {
            write(c);
        }
        if (key.isValid() && key.isReadable()) {
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
                        request.encoded(endpoint, true),
                        timeouts,
                        stamps,
                        sink,
                        ended);
        LoopConnection kept = idle.pollLast();
        if (kept != null) {
            place(kept);
            long now = clock.nanos();
            kept.carry(exchange, now);
            stamps.connected(now);
            write(kept);
        } else {
            waiting.add(exchange);
            connectWaiting();
        }
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
        SocketChannel channel = null;
        try {
            if (addresses == null) {
                addresses = InetAddress.getAllByName(endpoint.host());
            }
            int address = (preferred + tried) % addresses.length;
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean done =
                    channel.connect(new InetSocketAddress(addresses[address], endpoint.port()));
            LoopConnection c =
                    new LoopConnection(
                            channel, channel.register(selector, SelectionKey.OP_CONNECT), tried);
            c.key.attach(c);
            place(c);
            connecting++;
            c.carry(exchange, clock.nanos());
            if (done) {
                connected(c);
            }
        } catch (IOException e) {
            closeQuietly(channel);
            unreachable(exchange, tried, e);
        }
    }

    private void unreachable(LoopConnection.Exchange exchange, int tried, IOException e) {
        if (addresses != null && tried + 1 < addresses.length) {
            connect(exchange, tried + 1);
        } else {
            ends++;
            exchange.ended.ended(
                    new ExchangeEnd.Unreachable(ConnectFailure.why(e, exchange.timeouts)),
                    clock.nanos());
        }
    }

    private void connected(LoopConnection c) {
        try {
            if (!c.channel.finishConnect()) {
                return;
            }
        } catch (IOException e) {
            int tried = c.address;
            unreachable(drop(c), tried, e);
            return;
        }
        connecting--;
        c.connected = true;
        if (addresses != null && c.address > 0) {
            preferred = (preferred + c.address) % addresses.length;
        }
        c.exchange().stamps.connected(clock.nanos());
        write(c);
    }

    private void write(LoopConnection c) {
        if (c.isIdle() || c.isSent()) {
            c.key.interestOps(SelectionKey.OP_READ);
            return;
        }
        boolean all = c.send();
        c.lastNanos = clock.nanos();
        if (all) {
            c.exchange().stamps.sent(c.lastNanos);
        }
        int interest = all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (c.key.interestOps() != interest) {
            c.key.interestOps(interest);
        }
    }

    private void read(LoopConnection c) {
        int n;
        IOException failure = null;
        direct.clear();
        try {
            n = c.channel.read(direct);
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
        readsInTurn++;
        reads++;
        if (n < 0) {
            closed(c, now, failure);
            return;
        }
        c.lastNanos = now;
        direct.get(0, bytes, 0, n);
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
            unplace(c);
            exchange = c.release();
            idle.add(c);
        } else {
            exchange = drop(c);
        }
        ends++;
        exchange.ended.ended(end, now);
    }

    /** Closes a busy connection and returns what it carried. */
    private LoopConnection.Exchange drop(LoopConnection c) {
        if (!c.connected) {
            connecting--;
        }
        unplace(c);
        c.close();
        return c.release();
    }

    private void place(LoopConnection c) {
        c.place = busy.size();
        busy.add(c);
    }

    private void unplace(LoopConnection c) {
        LoopConnection last = busy.removeLast();
        if (last != c) {
            busy.set(c.place, last);
            last.place = c.place;
        }
        c.place = -1;
    }

    private void checkTimeouts(long now) {
        for (int i = busy.size() - 1; i >= 0; i--) {
            if (i >= busy.size()) {
                continue;
            }
            LoopConnection c = busy.get(i);
            Timeouts limits = c.exchange().timeouts;
            long silent = now - c.lastNanos;
            if (!c.connected) {
                if (silent > limits.connect().toNanos()) {
                    String why = ConnectFailure.tooLong(limits);
                    finish(c, new ExchangeEnd.Unreachable(why), now, false);
                }
            } else if (silent > limits.silence().toNanos()) {
                stalled(c, Duration.ofNanos(silent), now);
            } else if (now - c.beganNanos > limits.total().toNanos()) {
                stalled(c, limits.total(), now);
            }
        }
    }

    private void stalled(LoopConnection c, Duration silence, long now) {
        finish(c, new ExchangeEnd.Stalled(silence, c.parser().headSeen()), now, false);
    }

    @Override
    public void cancelAll() {
        long now = clock.nanos();
        List<LoopConnection.Exchange> cancelled = new ArrayList<>(waiting);
        waiting.clear();
        while (!busy.isEmpty()) {
            cancelled.add(drop(busy.getLast()));
        }
        cancelled.forEach(e -> e.ended.ended(new ExchangeEnd.Cancelled(), now));
    }

    @Override
    public void wake() {
        selector.wakeup();
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
        try {
            selector.close();
        } catch (IOException e) {
            // A selector that can't be closed is gone with the process.
        }
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It never stood.
        }
    }
}
