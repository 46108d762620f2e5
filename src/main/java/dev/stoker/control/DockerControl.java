package dev.stoker.control;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Text;
import dev.stoker.json.Json;

import java.io.IOException;
import java.time.Duration;

/**
 * Restarts the container of a server through Docker's daemon. The container keeps its settings; the
 * daemon lets it end by itself for ten seconds before it ends it by force. Thread-safe.
 */
final class DockerControl implements ServerControl {
    private static final int PATIENCE_SECONDS = 10;

    private final DockerSocket socket;
    private final String id;
    private final String name;

    /**
     * @param id the container's full identifier
     * @param name as the user knows it
     */
    DockerControl(DockerSocket socket, String id, String name) {
        this.socket = socket;
        this.id = id;
        this.name = Text.plain(name, 100);
    }

    @Override
    public String means() {
        return "docker restart " + name;
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart(Duration limit, Cancellation cancellation) throws ControlException {
        DockerSocket.Answer answer;
        try {
            answer =
                    socket.request(
                            "POST",
                            "/containers/" + id + "/restart?t=" + PATIENCE_SECONDS,
                            limit,
                            cancellation);
        } catch (IOException e) {
            throw new ControlException(
                    "Docker did not restart the container "
                            + name
                            + ": "
                            + Text.plain(String.valueOf(e.getMessage()))
                            + ".");
        }
        if (answer.status() != 204) {
            String message =
                    Json.parse(answer.body())
                            .flatMap(node -> Json.text(node, "message"))
                            .orElse(answer.body());
            throw new ControlException(
                    "Docker did not restart the container "
                            + name
                            + " (HTTP "
                            + answer.status()
                            + "): "
                            + Text.plain(message, 300)
                            + ".");
        }
    }
}
