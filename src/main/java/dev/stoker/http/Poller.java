package dev.stoker.http;

import java.io.IOException;
import java.net.InetAddress;

/**
 * The sockets of one {@link ExchangeLoop}: makes them and tells which of them have something to
 * say. One thread, but for {@link #wake}.
 */
interface Poller extends AutoCloseable {
    /** Learns that a connection can be finished, written or read. */
    @FunctionalInterface
    interface Ready {
        void ready(LoopConnection connection, boolean writable, boolean readable);
    }

    /**
     * Returns the system's own queue of events where it can be reached, else the JDK's selector.
     */
    static Poller open() {
        if (EpollSockets.isUsable()) {
            try {
                return new EpollPoller();
            } catch (IOException e) {
                return SelectorPoller.open();
            }
        }
        return SelectorPoller.open();
    }

    /**
     * Begins to connect; {@link Ready} tells when that is over, well or not.
     *
     * @param tried how many of the host's addresses were tried before
     * @throws IOException if it failed at once
     */
    LoopConnection connect(InetAddress address, int port, int tried) throws IOException;

    /**
     * Waits until something is ready, at most so many milliseconds; 0 only looks.
     *
     * @throws IOException if the system's queue is broken
     */
    void poll(long millis, Ready ready) throws IOException;

    /** Ends a wait, or the next one; for any thread. */
    void wake();

    @Override
    void close();
}
