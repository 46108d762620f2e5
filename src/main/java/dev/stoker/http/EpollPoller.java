package dev.stoker.http;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Sockets by Linux's own queue of events, each reported once (edge-triggered): the system looks at
 * a socket once for each event, not at every poll, and a token touches one object of ours where the
 * JDK's selector touches a dozen.
 *
 * <p>An event that was reported does not come again, so a connection whose bytes may not all have
 * been read (the buffer was full, or the other side has hung up behind them) is looked at again in
 * the next poll. One thread, but for {@link #wake}.
 */
final class EpollPoller implements Poller {
    private static final int MOST_EVENTS = 1024;

    /** How many connections are looked at before the first of them is read. */
    private static final int AHEAD = 16;

    private static final int ALL =
            EpollSockets.IN | EpollSockets.OUT | EpollSockets.RDHUP | EpollSockets.EDGE;
    private static final int WRITABLE = EpollSockets.OUT | EpollSockets.ERR | EpollSockets.HUP;
    private static final int ENDED = EpollSockets.RDHUP | EpollSockets.ERR | EpollSockets.HUP;
    private static final int READABLE = EpollSockets.IN | ENDED;
    private static final long SIGNAL = -1;

    private final EpollSockets sockets = new EpollSockets();
    private final int queue;
    private final int signal;
    private final MemorySegment events =
            Arena.ofAuto().allocate((long) MOST_EVENTS * EpollSockets.EVENT_BYTES, 8);
    private final ByteBuffer view = events.asByteBuffer().order(ByteOrder.nativeOrder());
    private final ArrayDeque<Connection> again = new ArrayDeque<>();
    private @Nullable Connection[] byDescriptor = new Connection[64];
    private byte[] array = new byte[0];
    private MemorySegment segment = MemorySegment.ofArray(array);
    private int opened;

    /** Of no use but that looking at connections has a result, so that it isn't left out. */
    @SuppressWarnings("UnusedVariable")
    private long fetched;

    private boolean closed;

    /**
     * @throws IOException if the system has no descriptor left
     */
    EpollPoller() throws IOException {
        queue = sockets.createQueue();
        try {
            signal = sockets.createSignal();
        } catch (IOException e) {
            sockets.close(queue);
            throw e;
        }
        sockets.watch(queue, signal, EpollSockets.IN | EpollSockets.EDGE, SIGNAL);
    }

    @Override
    public LoopConnection connect(InetAddress address, int port, int tried) throws IOException {
        int fd = sockets.connect(address, port);
        Connection c = new Connection(fd, opened++ & Integer.MAX_VALUE, tried);
        try {
            sockets.watch(queue, fd, ALL, (long) c.number << 32 | fd);
        } catch (IOException e) {
            sockets.close(fd);
            throw e;
        }
        if (fd >= byDescriptor.length) {
            byDescriptor = Arrays.copyOf(byDescriptor, Math.max(fd + 1, byDescriptor.length * 2));
        }
        byDescriptor[fd] = c;
        return c;
    }

    @Override
    public void poll(long millis, Ready ready) throws IOException {
        int leftOver = again.size();
        int wait = leftOver > 0 ? 0 : (int) Math.min(millis, Integer.MAX_VALUE);
        int n = sockets.await(queue, events, MOST_EVENTS, wait);
        for (int from = 0; from < n; from += AHEAD) {
            int to = Math.min(n, from + AHEAD);
            for (int i = from; i < to; i++) {
                fetch(view.getLong(i * EpollSockets.EVENT_BYTES + EpollSockets.EVENT_DATA));
            }
            for (int i = from; i < to; i++) {
                int at = i * EpollSockets.EVENT_BYTES;
                tell(view.getInt(at), view.getLong(at + EpollSockets.EVENT_DATA), ready);
            }
        }
        for (int i = 0; i < leftOver; i++) {
            Connection c = again.remove();
            c.isAgain = false;
            if (c.open) {
                ready.ready(c, false, true);
            }
        }
    }

    /**
     * Looks at a connection that is about to be read. What belongs to one of many streams has left
     * the processor's caches since its last token; looking at several one after the other lets the
     * processor fetch them at the same time.
     */
    private void fetch(long data) {
        Connection c = data == SIGNAL ? null : byDescriptor[(int) data];
        fetched += c == null ? 0 : c.fetch();
    }

    /** A connection that was closed in this turn may have had its descriptor given to another. */
    private void tell(int what, long data, Ready ready) {
        Connection c = data == SIGNAL ? null : byDescriptor[(int) data];
        if (c != null && c.number == (int) (data >>> 32)) {
            c.ended |= (what & ENDED) != 0;
            ready.ready(c, (what & WRITABLE) != 0, (what & READABLE) != 0);
        }
    }

    @Override
    public synchronized void wake() {
        if (!closed) {
            EpollSockets.signal(signal);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            sockets.close(signal);
            sockets.close(queue);
        }
    }

    /** The loop has one buffer, so this makes one object. */
    @SuppressWarnings("ReferenceEquality")
    private MemorySegment segment(byte[] into) {
        if (array != into) {
            array = into;
            segment = MemorySegment.ofArray(into);
        }
        return segment;
    }

    /** One socket. */
    private final class Connection extends LoopConnection {
        private final int fd;

        /** Tells it from others that had or will have the same descriptor. */
        private final int number;

        private boolean open = true;
        private boolean ended;
        private boolean isAgain;

        Connection(int fd, int number, int tried) {
            super(tried);
            this.fd = fd;
            this.number = number;
        }

        @Override
        boolean finishConnect() throws IOException {
            sockets.checkConnected(fd);
            return true;
        }

        @Override
        int read(byte[] into) throws IOException {
            int n = sockets.receive(fd, segment(into));
            if (n > 0 && (ended || n == into.length) && !isAgain) {
                isAgain = true;
                again.add(this);
            }
            return n;
        }

        @Override
        int write(byte[] from, int offset, int length) throws IOException {
            return sockets.send(fd, from, offset, length);
        }

        @Override
        void close() {
            if (open) {
                open = false;
                byDescriptor[fd] = null;
                sockets.close(fd);
            }
        }
    }
}
