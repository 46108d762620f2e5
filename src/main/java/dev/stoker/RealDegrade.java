package dev.stoker;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.cli.DegradeParts;
import dev.stoker.cli.StokerVersion;
import dev.stoker.control.Controls;
import dev.stoker.control.ServerControl;
import dev.stoker.degrade.DegradeContext;
import dev.stoker.degrade.HostHands;
import dev.stoker.degrade.Runners;
import dev.stoker.degrade.ServerWords;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.host.HostSample;
import dev.stoker.host.HostSampler;
import dev.stoker.host.HostSource;
import dev.stoker.host.Hosts;
import dev.stoker.host.ServerLog;
import dev.stoker.http.Endpoint;
import dev.stoker.server.InferenceServer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Picks what stands around a real server, for {@code degrade}. Stateless. */
final class RealDegrade {
    private final Map<String, String> env;

    RealDegrade(Map<String, String> env) {
        this.env = Map.copyOf(env);
    }

    DegradeContext of(InferenceServer server, DegradeParts.Commands commands) {
        Clock clock = Clock.system();
        Endpoint endpoint = server.identity().endpoint();
        HostSource host = Hosts.of(endpoint.host());
        Controls controls = Controls.of(host, clock);
        ServerControl control =
                commands.restart()
                        .map(controls::byCommand)
                        .orElseGet(() -> controls.find(endpoint.port()));
        HostHands hands =
                new HostHands(
                        host,
                        Path.of("/proc"),
                        () -> Runners.find(server.identity(), host),
                        control,
                        commands.recreate().map(controls::byCommand),
                        pid -> ProcessHandle.of(pid).map(ProcessHandle::destroy).orElse(false),
                        clock);
        GpuCollector gpus =
                new GpuCollector(
                        host.isLocal() ? new MachineWiring(env).gpuSources() : List.of(), clock);
        return new DegradeContext(
                server,
                server.clock(),
                host,
                sample(host, clock),
                gpus,
                words(ServerLog.of(host, endpoint.port(), clock)),
                control,
                hands,
                StokerVersion.text());
    }

    private static Supplier<HostSample> sample(HostSource host, Clock clock) {
        if (!host.isLocal()) {
            return () ->
                    HostSample.ofMemory(
                            host.memory(),
                            clock.now(),
                            clock.nanos(),
                            "the server runs on another machine");
        }
        HostSampler sampler = HostSampler.ofThisMachine(Optional.empty(), clock);
        return sampler::sample;
    }

    private static ServerWords words(ServerLog log) {
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
                return log.layersSince(mark);
            }
        };
    }
}
