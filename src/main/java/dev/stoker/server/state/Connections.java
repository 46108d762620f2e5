package dev.stoker.server.state;

import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.http.KeptConnection;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The connections over which one server is asked, and the runners below it: one each, kept from one
 * sample to the next. One thread at a time.
 */
final class Connections implements AutoCloseable {
    private final Clock wall;
    private final Map<Endpoint, KeptConnection> open = new HashMap<>();
    private final Set<Endpoint> used = new HashSet<>();

    Connections(Clock wall) {
        this.wall = wall;
    }

    KeptConnection to(Endpoint endpoint) {
        used.add(endpoint);
        return open.computeIfAbsent(endpoint, e -> new KeptConnection(e, wall));
    }

    /** Closes those that were not used since the last call: a runner is gone. */
    void closeUnused() {
        open.entrySet()
                .removeIf(one -> {
                    boolean unused = !used.contains(one.getKey());
                    if (unused) {
                        one.getValue().close();
                    }
                    return unused;
                });
        used.clear();
    }

    @Override
    public void close() {
        open.values().forEach(KeptConnection::close);
        open.clear();
    }
}
