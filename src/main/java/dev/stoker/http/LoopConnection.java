package dev.stoker.http;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * One connection of an {@link ExchangeLoop} and the exchange that it carries now. Belongs to the
 * loop's thread. How the socket is reached is the {@link Poller}'s business: its kind of connection
 * is this object, not another one behind it, because thousands of them are touched in turn.
 */
abstract class LoopConnection {
    /** What one exchange needs; it may move to another connection once. */
    static final class Exchange {
        final String method;
        final byte[] wire;
        final Timeouts timeouts;
        final SendStamps stamps;
        final ResponseSink sink;
        final Carrier.Ended ended;
        boolean retried;

        Exchange(
                String method,
                byte[] wire,
                Timeouts timeouts,
                SendStamps stamps,
                ResponseSink sink,
                Carrier.Ended ended) {
            this.method = method;
            this.wire = wire;
            this.timeouts = timeouts;
            this.stamps = stamps;
            this.sink = sink;
            this.ended = ended;
        }
    }

    /** Which of the host's addresses it goes to. */
    final int address;

    /** Its place in the loop's list of busy connections, or −1. */
    int place = -1;

    boolean connected;

    /** Whether an earlier exchange used this connection. */
    boolean reused;

    long beganNanos;
    long lastNanos;

    /** The exchange's limits, here because they are looked at for all connections in turn. */
    long connectNanos;

    long silenceNanos;
    long totalNanos;
    private @Nullable Exchange exchange;
    private @Nullable ResponseParser parser;
    private int written;

    LoopConnection(int address) {
        this.address = address;
    }

    /**
     * Returns whether the connection stands now.
     *
     * @throws IOException if it can't be had
     */
    abstract boolean finishConnect() throws IOException;

    /**
     * Reads what has come, at most once.
     *
     * @return how many bytes; 0 if none have come, −1 if none will
     */
    abstract int read(byte[] into) throws IOException;

    /** Hands bytes to the system, which may take only a part; then says when it can take more. */
    abstract int write(byte[] from, int offset, int length) throws IOException;

    abstract void close();

    void carry(Exchange next, HeadMemory heads, long now) {
        exchange = next;
        parser = new ResponseParser(next.method, next.sink, heads);
        written = 0;
        beganNanos = now;
        lastNanos = now;
        connectNanos = next.timeouts.connect().toNanos();
        silenceNanos = next.timeouts.silence().toNanos();
        totalNanos = next.timeouts.total().toNanos();
    }

    /** Returns how long it takes at least until the exchange can be too late. */
    long shortestLimitNanos() {
        return Math.min(connectNanos, Math.min(silenceNanos, totalNanos));
    }

    boolean isIdle() {
        return exchange == null;
    }

    Exchange exchange() {
        if (exchange == null) {
            throw new IllegalStateException("an idle connection");
        }
        return exchange;
    }

    /** Looks at what the next bytes will need; the result means nothing. */
    final long fetch() {
        return parser == null ? lastNanos : lastNanos + parser.fetch();
    }

    ResponseParser parser() {
        if (parser == null) {
            throw new IllegalStateException("an idle connection");
        }
        return parser;
    }

    /**
     * Hands as much of the request to the system as it takes; returns whether that was all. A
     * server that refuses early may answer and close while the request is still being written: then
     * its answer counts, not the broken pipe.
     */
    boolean send() {
        byte[] wire = exchange().wire;
        try {
            written += write(wire, written, wire.length - written);
        } catch (IOException e) {
            // The read that follows tells what happened.
            written = wire.length;
        }
        return written == wire.length;
    }

    boolean isSent() {
        return written == exchange().wire.length;
    }

    /** Returns the exchange, and is idle from now on. */
    Exchange release() {
        Exchange was = exchange();
        exchange = null;
        parser = null;
        reused = true;
        return was;
    }
}
