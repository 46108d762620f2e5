package dev.stoker;

import dev.stoker.base.Clock;
import dev.stoker.bench.BenchContext.CachedShares;
import dev.stoker.cli.Connection;
import dev.stoker.cli.Connector;
import dev.stoker.control.NoControl;
import dev.stoker.control.ServerControl;
import dev.stoker.host.HostSource;
import dev.stoker.host.NoHost;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.server.discovery.Search;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds a server and picks what stands around it: its host, its control, its log. Stateless. */
final class Wiring implements Connector {
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
        HostSource host = new NoHost("not wired");
        ServerControl control = new NoControl("not wired");
        return new Connection(
                server,
                server.clock(),
                host,
                control,
                CachedShares.unknown("the server's API does not tell it"),
                search.warnings());
    }
}
