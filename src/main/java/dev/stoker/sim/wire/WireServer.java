package dev.stoker.sim.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * A small HTTP/1.1 server over blocking sockets and virtual threads. It exists because the faults
 * of real servers (a connection cut without the last chunk, silence, an error in mid-stream) need
 * the raw socket. At most 512 connections at once; further ones wait for the operating system.
 *
 * <p>Each connection has one thread that reads and one for the request under way: that is how a
 * client that leaves is noticed while its answer is still being computed. Thread-safe.
 */
public final class WireServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 512;

    private final ServerSocket listener;
    private final WireHandler handler;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(MOST_CONNECTIONS);

    private WireServer(ServerSocket listener, WireHandler handler) {
        this.listener = listener;
        this.handler = handler;
    }

    /**
     * Listens and serves until closed.
     *
     * @param port 0 for any free one
     */
    public static WireServer start(InetAddress address, int port, WireHandler handler)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(address, port), 256);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        WireServer server = new WireServer(listener, handler);
        Thread.ofVirtual().name("sim-accept").start(server::accept);
        return server;
    }

    public int port() {
        return listener.getLocalPort();
    }

    public InetAddress address() {
        return listener.getInetAddress();
    }

    /**
     * Drops the connections whose request matches, as a server does that is killed: without the
     * last chunk.
     */
    public void drop(Predicate<WireRequest> which) {
        for (Connection connection : connections) {
            connection.dropIf(which);
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        connections.forEach(Connection::close);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                room.acquire();
                Socket socket = listener.accept();
                Connection connection = new Connection(socket);
                connections.add(connection);
                Thread.ofVirtual().name("sim-connection").start(connection::serve);
            } catch (IOException e) {
                room.release();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is gone already.
        }
    }

    private final class Connection {
        private final Socket socket;
        private volatile Optional<WireRequest> current = Optional.empty();

        Connection(Socket socket) {
            this.socket = socket;
        }

        void dropIf(Predicate<WireRequest> which) {
            if (current.map(which::test).orElse(true)) {
                close();
            }
        }

        void close() {
            closeQuietly(socket);
        }

        void serve() {
            try (socket) {
                socket.setTcpNoDelay(true);
                RequestReader reader =
                        new RequestReader(new BufferedInputStream(socket.getInputStream()));
                boolean another = true;
                while (another) {
                    Optional<WireRequest> request = reader.next();
                    another = request.isPresent() && answer(request.get(), reader);
                }
            } catch (RequestReader.Refused e) {
                refuse(e);
            } catch (IOException e) {
                // The client has gone; there is nobody to tell.
            } finally {
                connections.remove(this);
                room.release();
            }
        }

        /** Runs the handler beside a read that notices when the client leaves. */
        private boolean answer(WireRequest request, RequestReader reader) throws IOException {
            WireResponse response =
                    new WireResponse(socket, request.method().equals("HEAD"), request.keepsAlive());
            current = Optional.of(request);
            Thread work =
                    Thread.ofVirtual().name("sim-request").start(() -> run(request, response));
            try {
                boolean more;
                try {
                    more = reader.awaitMore();
                } catch (IOException e) {
                    more = false;
                }
                if (!more) {
                    work.interrupt();
                }
                work.join();
                current = Optional.empty();
                return more && response.mayServeAnother();
            } catch (InterruptedException e) {
                work.interrupt();
                return false;
            }
        }

        private void run(WireRequest request, WireResponse response) {
            try {
                handler.handle(request, response);
                if (!response.mayServeAnother()) {
                    close();
                }
            } catch (InterruptedException e) {
                close();
            } catch (IOException e) {
                close();
            } catch (RuntimeException e) {
                fail(response, e);
            }
        }

        private void fail(WireResponse response, RuntimeException e) {
            try {
                if (!response.hasBegun()) {
                    response.send(500, "text/plain", "the simulated server has a defect: " + e);
                }
            } catch (IOException gone) {
                // Nobody is left to read it.
            }
            close();
        }

        private void refuse(RequestReader.Refused e) {
            try {
                new WireResponse(socket, false, false)
                        .send(
                                e.status(),
                                "text/plain; charset=utf-8",
                                e.status() + " " + e.getMessage());
            } catch (IOException gone) {
                // Nobody is left to read it.
            }
        }
    }
}
