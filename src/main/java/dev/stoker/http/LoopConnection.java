package dev.stoker.http;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection of an {@link ExchangeLoop} and the exchange that it carries now. Belongs to the
 * loop's thread.
 */
final class LoopConnection {
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

    final SocketChannel channel;
    final SelectionKey key;

    /** Which of the host's addresses it goes to. */
    final int address;

    /** Its place in the loop's list of busy connections, or −1. */
    int place = -1;

    boolean connected;

    /** Whether an earlier exchange used this connection. */
    boolean reused;

    long beganNanos;
    long lastNanos;
    private @Nullable Exchange exchange;
    private @Nullable ResponseParser parser;
    private @Nullable ByteBuffer unsent;

    LoopConnection(SocketChannel channel, SelectionKey key, int address) {
        this.channel = channel;
        this.key = key;
        this.address = address;
    }

    void carry(Exchange next, long now) {
        exchange = next;
        parser = new ResponseParser(next.method, next.sink);
        unsent = ByteBuffer.wrap(next.wire);
        beganNanos = now;
        lastNanos = now;
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
        if (unsent == null) {
            return true;
        }
        try {
            channel.write(unsent);
            if (unsent.hasRemaining()) {
                return false;
            }
        } catch (IOException e) {
            // The read that follows tells what happened.
        }
        unsent = null;
        return true;
    }

    boolean isSent() {
        return unsent == null;
    }

    /** Returns the exchange, and is idle from now on. */
    Exchange release() {
        Exchange was = exchange();
        exchange = null;
        parser = null;
        unsent = null;
        reused = true;
        return was;
    }

    void close() {
        try {
            key.cancel();
            channel.close();
        } catch (IOException e) {
            // What can't be closed is gone already.
        }
    }
}
