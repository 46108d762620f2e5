package dev.stoker.machine;

import dev.stoker.base.Clock;
import dev.stoker.host.HostSource;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.state.AskPolicy;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ServerWatch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks at the servers that may be at some addresses, again and again. Where nothing was ever heard
 * and nothing listens, nothing is asked: to open a connection costs a hundredth of a question. Used
 * by one thread.
 */
public final class ServerLook {
    private static final int CONNECT_MILLIS = 200;

    private final List<Endpoint> addresses;
    private final boolean named;
    private final ApiKey key;
    private final HostSource host;
    private final AskPolicy policy;
    private final Clock clock;
    private final Map<Endpoint, ServerWatch> watches = new LinkedHashMap<>();

    /**
     * @param addresses where to look
     * @param named whether the user named them: then they are reported also where nothing answers
     * @param host this machine
     */
    public ServerLook(
            List<Endpoint> addresses,
            boolean named,
            ApiKey key,
            HostSource host,
            AskPolicy policy,
            Clock clock) {
        this.addresses = List.copyOf(addresses);
        this.named = named;
        this.key = key;
        this.host = host;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * Returns the servers in the order of their addresses; takes the policy's bound and a little.
     */
    public List<ServerState> look() {
        List<ServerWatch> open = new ArrayList<>();
        for (Endpoint address : addresses) {
            ServerWatch watch = watches.get(address);
            if (watch == null && (named || listens(address))) {
                watch = new ServerWatch(address, key, host, policy, clock);
                watches.put(address, watch);
            }
            if (watch != null) {
                open.add(watch);
            }
        }
        return open.isEmpty() ? List.of() : ServerWatch.look(open);
    }

    private static boolean listens(Endpoint address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
