package dev.stoker.http;

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
import java.util.function.Consumer;

/**
 * Sockets by the JDK's selector: everywhere, but with a dozen objects for each connection. One
 * thread, but for {@link #wake}.
 */
final class SelectorPoller implements Poller {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Selector selector;
    private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Consumer<SelectionKey> select = this::tell;
    private @Nullable Ready listener;

    private SelectorPoller(Selector selector) {
        this.selector = selector;
    }

    static SelectorPoller open() {
        try {
            return new SelectorPoller(Selector.open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public LoopConnection connect(InetAddress address, int port, int tried) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(address, port));
            Connection c = new Connection(channel, selector, tried);
            c.key.attach(c);
            return c;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void poll(long millis, Ready ready) throws IOException {
        listener = ready;
        if (millis > 0) {
            selector.select(select, millis);
        } else {
            selector.selectNow(select);
        }
    }

    private void tell(SelectionKey key) {
        if (key.isValid() && listener != null) {
            int ops = key.readyOps();
            listener.ready(
                    (LoopConnection) key.attachment(),
                    (ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0,
                    (ops & SelectionKey.OP_READ) != 0);
        }
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            // A selector that can't be closed is gone with the process.
        }
    }

    /** One socket and its key. */
    private final class Connection extends LoopConnection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private int interest = SelectionKey.OP_CONNECT;

        Connection(SocketChannel channel, Selector selector, int tried) throws IOException {
            super(tried);
            this.channel = channel;
            this.key = channel.register(selector, interest);
        }

        @Override
        boolean finishConnect() throws IOException {
            if (!channel.finishConnect()) {
                return false;
            }
            interest(SelectionKey.OP_READ);
            return true;
        }

        @Override
        int read(byte[] into) throws IOException {
            direct.clear().limit(Math.min(into.length, BUFFER_BYTES));
            int n = channel.read(direct);
            if (n > 0) {
                direct.get(0, into, 0, n);
            }
            return n;
        }

        @Override
        int write(byte[] from, int offset, int length) throws IOException {
            int n = channel.write(ByteBuffer.wrap(from, offset, length));
            boolean all = n == length;
            interest(all ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            return n;
        }

        private void interest(int wanted) {
            if (wanted != interest) {
                interest = wanted;
                key.interestOps(wanted);
            }
        }

        @Override
        void close() {
            try {
                key.cancel();
                channel.close();
            } catch (IOException e) {
                // What can't be closed is gone already.
            }
        }
    }
}
