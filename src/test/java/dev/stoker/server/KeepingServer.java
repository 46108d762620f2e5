package dev.stoker.server;

import dev.stoker.http.Endpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server on loopback that answers question after question on one connection, as real ones do, and
 * can be told to drop its connections. A path without an answer is never answered.
 */
public final class KeepingServer implements AutoCloseable {
    /** Ends the connection in place of an answer. */
    public static final String CLOSE = "";

    private final ServerSocket listener = new ServerSocket();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Thread acceptor;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    public KeepingServer() throws IOException {
        this(0);
    }

    /** Listens where another one did. */
    public KeepingServer(int port) throws IOException {
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        acceptor = Thread.startVirtualThread(this::accept);
    }

    public Endpoint endpoint() {
        return new Endpoint(false, "127.0.0.1", listener.getLocalPort(), "");
    }

    /** Answers a path with these bytes from now on. */
    public KeepingServer on(String path, String wire) {
        answers.put(path, wire);
        return this;
    }

    /** Answers a path no longer. */
    public void hang(String path) {
        answers.remove(path);
    }

    public static String json(String body) {
        return json(body, "");
    }

    /**
     * @param moreHeaders lines with their ends
     */
    public static String json(String body, String moreHeaders) {
        return "HTTP/1.1 200 OK\r\nContent-Length: "
                + body.length()
                + "\r\n"
                + moreHeaders
                + "\r\n"
                + body;
    }

    /** Returns the paths that were asked. */
    public List<String> asked() {
        return asked;
    }

    /** Returns what stood before the bodies of all questions. */
    public List<String> heads() {
        return heads;
    }

    /** Returns how many connections there were in all. */
    public int connections() {
        return sockets.size();
    }

    /** Ends the connections that are open. */
    public void dropConnections() {
        sockets.forEach(KeepingServer::close);
    }

    /** Says that nothing more will come, and still listens. */
    public void closeHalf() {
        each(Socket::shutdownOutput);
    }

    /** Says this on each open connection, without being asked. */
    public void say(String wire) {
        each(socket -> socket.getOutputStream().write(wire.getBytes(StandardCharsets.UTF_8)));
    }

    private interface Act {
        void on(Socket socket) throws IOException;
    }

    private void each(Act act) {
        for (Socket socket : sockets) {
            try {
                if (!socket.isClosed()) {
                    act.on(socket);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                String path = head.split(" ", 3)[1];
                heads.add(head);
                asked.add(path);
                String wire = answers.get(path);
                if (wire != null) {
                    socket.getOutputStream().write(wire.getBytes(StandardCharsets.UTF_8));
                    if (wire.equals(CLOSE)
                            || head.contains("Connection: close")
                            || wire.contains("Connection: close")) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            // The client left, or the test is over.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.append((char) b);
        }
        for (String line : head.toString().split("\r\n")) {
            if (line.startsWith("Content-Length: ")) {
                in.skipNBytes(Integer.parseInt(line.substring("Content-Length: ".length())));
            }
        }
        return head.toString();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            // The system lets go of a listener as soon as who waits in it has left.
            acceptor.join(Duration.ofSeconds(5));
        } catch (IOException e) {
            // It is closed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dropConnections();
    }
}
