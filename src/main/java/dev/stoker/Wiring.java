package dev.stoker;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.bench.BenchContext.CachedShares;
import dev.stoker.bench.OtherGpuUse;
import dev.stoker.cli.Connection;
import dev.stoker.cli.Connector;
import dev.stoker.cli.DegradeParts;
import dev.stoker.cli.GpuBystanders;
import dev.stoker.cli.ServerFinder;
import dev.stoker.cli.SimulatedDegrade;
import dev.stoker.control.Controls;
import dev.stoker.control.ServerControl;
import dev.stoker.degrade.DegradeContext;
import dev.stoker.host.HostSource;
import dev.stoker.host.Hosts;
import dev.stoker.host.ServerLog;
import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpExchange;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.server.discovery.Search;
import dev.stoker.sim.SimControl;
import dev.stoker.sim.SimHost;
import dev.stoker.sim.SimLog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/** Finds a server and picks what stands around it: its host, its control, its log. Stateless. */
final class Wiring implements Connector, ServerFinder, DegradeParts {
    private final Map<String, String> env;

    Wiring(Map<String, String> env) {
        this.env = Map.copyOf(env);
    }

    @Override
    public Connection connect(
            List<String> servers, Optional<String> apiKeyEnv, Optional<String> restartCommand) {
        ApiKey key = apiKeyEnv.map(name -> ApiKey.fromEnvironment(name, env)).orElse(ApiKey.none());
        Search search = Discovery.find(servers, env, Clock.system(), key);
        InferenceServer server = search.require();
        return server.identity().simulated().isPresent()
                ? simulated(server, search.warnings())
                : real(server, search.warnings(), restartCommand);
    }

    @Override
    public InferenceServer find(List<String> servers, Optional<String> apiKeyEnv) {
        ApiKey key = apiKeyEnv.map(name -> ApiKey.fromEnvironment(name, env)).orElse(ApiKey.none());
        return Discovery.find(servers, env, Clock.system(), key).require();
    }

    @Override
    public HostSource host(InferenceServer server) {
        return server.identity().simulated().isPresent()
                ? new SimHost(new HttpExchange(server.identity().endpoint(), Clock.system()))
                : Hosts.of(server.identity().endpoint().host());
    }

    @Override
    public DegradeContext open(
            List<String> servers, Optional<String> apiKeyEnv, Commands commands, Talker remarks) {
        ApiKey key = apiKeyEnv.map(name -> ApiKey.fromEnvironment(name, env)).orElse(ApiKey.none());
        Search search = Discovery.find(servers, env, Clock.system(), key);
        InferenceServer server = search.require();
        search.warnings().forEach(remarks::say);
        return server.identity().simulated().isPresent()
                ? SimulatedDegrade.of(server)
                : new RealDegrade(env).of(server, commands);
    }

    private Connection real(
            InferenceServer server, List<String> remarks, Optional<String> restartCommand) {
        Endpoint endpoint = server.identity().endpoint();
        HostSource host = Hosts.of(endpoint.host());
        Controls controls = Controls.of(host, Clock.system());
        ServerControl control =
                restartCommand
                        .map(controls::byCommand)
                        .orElseGet(() -> controls.find(endpoint.port()));
        ServerLog log = ServerLog.of(host, endpoint.port(), Clock.system());
        return new Connection(
                server,
                server.clock(),
                host,
                control,
                cached(log::mark, log::cachedSince),
                host.isLocal()
                        ? GpuBystanders.of(new MachineWiring(env).gpuSources(), Clock.system())
                        : OtherGpuUse.unknown("the server's host is another one"),
                remarks);
    }

    private static Connection simulated(InferenceServer server, List<String> remarks) {
        HttpExchange exchange = new HttpExchange(server.identity().endpoint(), Clock.system());
        SimLog log = new SimLog(exchange);
        return new Connection(
                server,
                server.clock(),
                new SimHost(exchange),
                new SimControl(exchange),
                cached(log::mark, log::cachedSince),
                OtherGpuUse.unknown("a simulated box has no other users"),
                remarks);
    }

    private static CachedShares cached(LongSupplier mark, LongFunction<Reading<List<Long>>> since) {
        return new CachedShares() {
            @Override
            public long mark() {
                return mark.getAsLong();
            }

            @Override
            public Reading<List<Long>> since(long then) {
                return since.apply(then);
            }
        };
    }
}
