package dev.stoker.sim;

import dev.stoker.base.Cancellation;
import dev.stoker.control.ControlException;
import dev.stoker.control.ServerControl;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.json.Json;

import java.time.Duration;

/**
 * Restarts the server of a simulated box, and does to the box what cures a slow model. Stateless.
 */
public final class SimControl implements ServerControl {
    private final HttpExchange exchange;

    public SimControl(HttpExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public String means() {
        return "restart of the simulated server";
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart(Duration limit, Cancellation cancellation) throws ControlException {
        send(HttpRequest.post("/sim/restart", "{}"), "restart", limit, cancellation);
    }

    /**
     * Applies a remedy to the simulated machine.
     *
     * @param name such as {@code drop-caches}
     */
    public void remedy(String name, Duration limit, Cancellation cancellation)
            throws ControlException {
        String body = Json.write(Json.object().put("name", name));
        send(HttpRequest.post("/sim/remedy", body), name, limit, cancellation);
    }

    private void send(HttpRequest request, String what, Duration limit, Cancellation cancellation)
            throws ControlException {
        HttpAnswer answer =
                exchange.fetch(
                        request,
                        new Timeouts(Duration.ofSeconds(3), limit, limit),
                        1 << 20,
                        cancellation);
        if (!answer.isSuccess()) {
            throw new ControlException(
                    "The simulated box did not do it (" + what + "): " + answer.end() + ".");
        }
    }
}
