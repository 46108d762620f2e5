package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.control.ControlException;
import dev.stoker.degrade.DegradeContext;
import dev.stoker.degrade.Remedy;
import dev.stoker.degrade.RemedyHands;
import dev.stoker.degrade.ServerWords;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.host.ServerLog;
import dev.stoker.http.HttpExchange;
import dev.stoker.server.InferenceServer;
import dev.stoker.sim.SimControl;
import dev.stoker.sim.SimGpus;
import dev.stoker.sim.SimHost;
import dev.stoker.sim.SimLog;

import java.time.Duration;
import java.util.List;

/** What stands around a simulated server, for {@code degrade}. Stateless. */
public final class SimulatedDegrade {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private SimulatedDegrade() {}

    public static DegradeContext of(InferenceServer server) {
        HttpExchange exchange = new HttpExchange(server.identity().endpoint(), Clock.system());
        SimHost host = new SimHost(exchange);
        SimControl control = new SimControl(exchange);
        return new DegradeContext(
                server,
                server.clock(),
                host,
                () -> host.sample(server.clock()),
                new GpuCollector(List.of(new SimGpus(exchange, Clock.system())), Clock.system()),
                words(new SimLog(exchange)),
                control,
                hands(control),
                StokerVersion.text());
    }

    private static ServerWords words(SimLog log) {
        return new ServerWords() {
            @Override
            public long mark() {
                return log.mark();
            }

            @Override
            public Reading<List<Long>> cachedSince(long mark) {
                return log.cachedSince(mark);
            }

            @Override
            public Reading<ServerLog.Layers> layersSince(long mark) {
                return log.layers();
            }
        };
    }

    private static RemedyHands hands(SimControl control) {
        return new RemedyHands() {
            @Override
            public Reading<String> means(Remedy remedy) {
                return remedy == Remedy.REBOOT
                        ? Reading.unsupported("Stoker only advises it")
                        : Reading.known("on the simulated box");
            }

            @Override
            public void apply(Remedy remedy, Cancellation cancellation) throws ControlException {
                control.remedy(remedy.code(), LIMIT, cancellation);
            }
        };
    }
}
