package dev.stoker.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Loopback ports for servers under test. The system picks a free port; between this answer and the
 * server's own bind another process can take it, so whoever starts a server tries again with a new
 * port when the bind fails. Stateless and safe for any thread.
 */
final class Ports {
    private Ports() {}

    /** A port on 127.0.0.1 that was free a moment ago. */
    static int free() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free loopback port", e);
        }
    }
}
