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
 * sample to the next, as are the last answers. One thread at a time.
 */
final class Connections implements AutoCloseable {
    private static final int LARGEST_REMEMBERED = 64 << 10;
    private static final int MOST_REMEMBERED = 256;

    private final Clock wall;
    private final Map<Endpoint, KeptConnection> open = new HashMap<>();
    private final Map<String, Body> bodies = new HashMap<>();
    private final Set<Endpoint> used = new HashSet<>();

    Connections(Clock wall) {
        this.wall = wall;
    }

    KeptConnection to(Endpoint endpoint) {
        used.add(endpoint);
        return open.computeIfAbsent(endpoint, e -> new KeptConnection(e, wall));
    }

    /** Returns the body of an answer; if it is the same as the last to that question, that one. */
    Body body(Question question, byte[] bytes) {
        String key = question.endpoint().port() + " " + question.request().path();
        Body last = bodies.get(key);
        if (last != null && last.holds(bytes)) {
            return last;
        }
        Body body = new Body(bytes);
        if (bytes.length <= LARGEST_REMEMBERED && question.request().method().equals("GET")) {
            bodies.put(key, body);
        }
        return body;
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
        if (bodies.size() > MOST_REMEMBERED) {
            bodies.clear();
        }
    }

    @Override
    public void close() {
        open.values().forEach(KeptConnection::close);
        open.clear();
    }
}
