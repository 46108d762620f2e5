package dev.stoker.control;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.host.HostContainer;
import dev.stoker.json.Json;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of Docker's containers, which only its daemon knows. The running ones are asked for in
 * one request when a number is not known yet, at most once in ten seconds, and never waited for
 * longer than half a second. It only asks, and changes nothing. Thread-safe.
 *
 * <p>Source: Docker Engine API, ContainerList.
 */
public final class ContainerNames {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final long ASK_AGAIN_NANOS = 10_000_000_000L;

    private final Path socket;
    private final Clock clock;
    private final Map<String, String> names = new HashMap<>();
    private Reading<String> missing = Reading.failed("the daemon was not asked yet");
    private boolean asked;
    private long since;

    /**
     * @param socket the daemon's, usually {@code /var/run/docker.sock}
     */
    public ContainerNames(Path socket, Clock clock) {
        this.socket = socket;
        this.clock = clock;
    }

    /** Returns the names of this machine's daemon. */
    public static ContainerNames ofThisMachine(Clock clock) {
        return new ContainerNames(Controls.dockerSocket(), clock);
    }

    /** Returns the name of a container, or why it is not known. */
    public synchronized Reading<String> of(HostContainer container) {
        if (!container.engine().equals("docker")) {
            return Reading.unsupported("only Docker's daemon is asked for names");
        }
        String known = names.get(container.id());
        if (known == null && (!asked || clock.nanos() - since >= ASK_AGAIN_NANOS)) {
            asked = true;
            since = clock.nanos();
            ask();
            known = names.get(container.id());
        }
        return known == null ? missing : Reading.known(known);
    }

    private void ask() {
        if (!Files.exists(socket)) {
            missing = Reading.unsupported("Docker's socket is not to be seen here");
            return;
        }
        if (!Files.isWritable(socket)) {
            missing = Reading.unsupported("this user may not ask Docker's daemon");
            return;
        }
        try {
            DockerSocket.Answer answer =
                    new DockerSocket(socket, clock)
                            .request("GET", "/containers/json", LIMIT, Cancellation.never());
            JsonNode list = Json.parse(answer.body()).orElse(Json.object());
            if (answer.status() != 200 || !list.isArray()) {
                missing = Reading.failed("Docker's daemon answered " + answer.status());
                return;
            }
            names.clear();
            list.forEach(c -> {
                String name = c.path("Names").path(0).asString("");
                String plain = Text.plain(name.startsWith("/") ? name.substring(1) : name, 100);
                if (!plain.isEmpty()) {
                    names.put(c.path("Id").asString(""), plain);
                }
            });
            missing = Reading.failed("Docker's daemon does not list this container");
        } catch (IOException e) {
            missing =
                    Reading.failed(
                            "Docker's daemon did not tell: "
                                    + Text.plain(String.valueOf(e.getMessage()), 100));
        }
    }
}
