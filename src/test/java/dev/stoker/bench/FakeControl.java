package dev.stoker.bench;

import dev.stoker.base.Cancellation;
import dev.stoker.control.ControlException;
import dev.stoker.control.ServerControl;

import java.time.Duration;

/** Restarts a {@link FakeServer}, unless it can't. */
public final class FakeControl implements ServerControl {
    public boolean can;
    boolean works = true;

    /** Whether the server answers again after a restart. */
    boolean comesBack = true;

    int restarts;
    private final FakeServer server;
    private final FakeClock clock;

    public FakeControl(FakeServer server, FakeClock clock) {
        this.server = server;
        this.clock = clock;
    }

    @Override
    public String means() {
        return can ? "systemctl restart ollama.service" : "There is no means.";
    }

    @Override
    public boolean canRestart() {
        return can;
    }

    @Override
    public void restart(Duration limit, Cancellation cancellation) throws ControlException {
        restarts++;
        clock.pass(Duration.ofSeconds(5));
        if (!works) {
            throw new ControlException("the unit failed");
        }
        server.restarted();
        server.down = !comesBack;
    }
}
