package dev.stoker.sim;

import dev.stoker.base.Cancellation;
import dev.stoker.control.ControlException;
import dev.stoker.control.ServerControl;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;

import java.time.Duration;

/** Restarts the server of a simulated box through {@code /sim/restart}. Stateless. */
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
        HttpAnswer answer =
                exchange.fetch(
                        HttpRequest.post("/sim/restart", "{}"),
                        new Timeouts(Duration.ofSeconds(3), limit, limit),
                        1 << 20,
                        cancellation);
        if (!answer.isSuccess()) {
            throw new ControlException(
                    "The simulated server did not restart: " + answer.end() + ".");
        }
    }
}
