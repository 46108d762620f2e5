package dev.stoker.server.openai;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpRequest;
import dev.stoker.json.Json;
import dev.stoker.server.Patience;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerException;
import dev.stoker.server.UnloadReport;

import java.time.Duration;

/**
 * vLLM's sleep mode: at level 1 the weights go to the host's memory and the cache is given up. It
 * is there only where the server was started with {@code --enable-sleep-mode} and
 * VLLM_SERVER_DEV_MODE=1. Thread-safe.
 *
 * <p>Source: vLLM's documentation of its sleep mode. Not seen live.
 */
final class VllmSleep {
    private final ServerConnection connection;

    VllmSleep(ServerConnection connection) {
        this.connection = connection;
    }

    /** Returns whether it sleeps; unknown where there is no such mode. */
    Reading<Boolean> isSleeping() {
        HttpAnswer answer = connection.ask(HttpRequest.get("/is_sleeping"));
        return answer.isSuccess()
                ? Json.parse(answer.text())
                        .flatMap(o -> Json.truth(o, "is_sleeping"))
                        .map(Reading::known)
                        .orElse(Reading.unsupported("the server does not tell whether it sleeps"))
                : Reading.unsupported("the server has no sleep mode");
    }

    UnloadReport sleep(String model, Duration wait, Cancellation cancellation)
            throws ServerException {
        Patience patience = new Patience(connection.clock(), wait, cancellation);
        command("/sleep?level=1");
        boolean gone = isSleeping().orElse(false);
        while (!gone && patience.goOn()) {
            gone = isSleeping().orElse(false);
        }
        return new UnloadReport(gone, patience.waited());
    }

    /** Wakes it; returns whether it slept. */
    boolean wake(String model, Duration stall, Cancellation cancellation) throws ServerException {
        if (!isSleeping().orElse(false)) {
            return false;
        }
        Patience patience = new Patience(connection.clock(), stall, cancellation);
        command("/wake_up");
        while (isSleeping().orElse(false) && patience.goOn()) {
            // It says so itself when it is awake.
        }
        return true;
    }

    /** Both are answered with an empty page. */
    private void command(String path) throws ServerException {
        HttpAnswer answer = connection.ask(HttpRequest.post(path, "{}"));
        if (!answer.isSuccess()) {
            throw new ServerException(
                    answer.head().isPresent()
                            ? connection
                                    .failures()
                                    .ofStatus(answer.status(), answer.text(), "", false)
                            : connection.failures().ofEnd(answer.end()));
        }
    }
}
