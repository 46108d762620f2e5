package dev.stoker.http;

import dev.stoker.base.Cancellation;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Makes blocking connections to one endpoint, with TLS where it wants that. Stateless. */
final class Dial {
    private final Endpoint endpoint;

    Dial(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Connects. To look a name up has no limit of its own; each of a host's addresses has the whole
     * wait.
     *
     * @param open where the socket is put that is being connected, so that closing it ends this
     */
    Socket connect(AtomicReference<Socket> open, int waitMillis, Cancellation cancellation)
            throws IOException {
        Socket plain = connectToAny(open, waitMillis, cancellation);
        if (!endpoint.tls()) {
            return plain;
        }
        plain.setSoTimeout(waitMillis);
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket tls =
                (SSLSocket) factory.createSocket(plain, endpoint.host(), endpoint.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    /** Tries each address of the host in turn (localhost is often two), each within the wait. */
    private Socket connectToAny(
            AtomicReference<Socket> open, int waitMillis, Cancellation cancellation)
            throws IOException {
        IOException failure = new UnknownHostException(endpoint.host());
        for (InetAddress address : InetAddress.getAllByName(endpoint.host())) {
            // To look for a proxy costs more than to connect, and this machine has none to itself.
            Socket plain = endpoint.isLoopback() ? new Socket(Proxy.NO_PROXY) : new Socket();
            open.set(plain);
            if (cancellation.isCancelled()) {
                throw new SocketException("cancelled");
            }
            try {
                plain.setTcpNoDelay(true);
                plain.connect(new InetSocketAddress(address, endpoint.port()), waitMillis);
                return plain;
            } catch (IOException e) {
                failure = e;
                closeQuietly(plain);
            }
        }
        throw failure;
    }

    static void closeQuietly(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // A socket that can't be closed is gone already.
        }
    }
}
