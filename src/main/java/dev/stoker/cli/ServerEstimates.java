package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineWatch;
import dev.stoker.memory.FactsEstimator;
import dev.stoker.memory.MemoryEstimator;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.plan.Engine;
import dev.stoker.plan.ServedModels;
import dev.stoker.plan.calibrate.HostOverheads;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.source.LaunchedSettings;
import dev.stoker.plan.source.ModelFinder;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerKind;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Says what the models of a server will take, on this host's devices where the server runs here.
 * Used by one thread.
 */
public final class ServerEstimates {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A GPU on which everything fits, for a server whose machine can't be seen. */
    private static final Bytes AMPLE = Bytes.gib(1024);

    private static final double USUAL_BANDWIDTH = 300;

    private final MachineWatcher machines;
    private final Map<String, String> env;

    public ServerEstimates(MachineWatcher machines, Map<String, String> env) {
        this.machines = machines;
        this.env = Map.copyOf(env);
    }

    /**
     * @param apiKeyEnv the environment variable that holds the server's key
     */
    public MemoryEstimator of(InferenceServer server, Optional<String> apiKeyEnv) {
        ServerKind kind = server.identity().kind();
        boolean readable =
                kind == ServerKind.OLLAMA
                        || kind == ServerKind.LLAMA_SERVER
                        || kind == ServerKind.LLAMA_ROUTER;
        if (!readable || server.identity().simulated().isPresent()) {
            return new FactsEstimator();
        }
        ModelFinder finder =
                new ModelFinder(
                        env,
                        () -> Optional.of(server),
                        true,
                        apiKeyEnv
                                .map(name -> ApiKey.fromEnvironment(name, env))
                                .orElse(ApiKey.none()));
        Endpoint endpoint = server.identity().endpoint();
        return new ServedModels(
                name -> Optional.of(served(finder.find(name))),
                kind == ServerKind.OLLAMA ? Engine.OLLAMA : Engine.LLAMA_SERVER,
                new PlanSettings().ollama(endpoint.isLoopback() ? env : Map.of()),
                running(server, kind),
                endpoint.isLoopback() ? devices(endpoint) : ample(),
                endpoint.isLoopback()
                        ? HostOverheads.here(ResultsFolder.data(env))
                        : Overheads.usual(HostPacking.AVX2));
    }

    private static ServedModels.Served served(ModelFinder.Found found) {
        return new ServedModels.Served(
                found.model(),
                found.arguments().isEmpty()
                        ? Optional.empty()
                        : Optional.of(LaunchedSettings.of(found.arguments())));
    }

    /** The context that a llama-server was started with. */
    private static OptionalLong running(InferenceServer server, ServerKind kind) {
        if (kind != ServerKind.LLAMA_SERVER) {
            return OptionalLong.empty();
        }
        try {
            for (LoadedModel loaded : server.loaded()) {
                if (loaded.contextLength().isKnown()) {
                    return OptionalLong.of(loaded.contextLength().value());
                }
            }
        } catch (ServerException e) {
            return OptionalLong.empty(); // Whoever measures will meet the failure and tell it.
        }
        return OptionalLong.empty();
    }

    private List<ComputeDevice> devices(Endpoint endpoint) {
        try (MachineWatch watch =
                machines.open(
                        new MachineWatcher.Wanted(
                                List.of(endpoint.url()), Optional.empty(), false, false))) {
            return new PlanHardware().here(watch.look(PATIENCE), env).devices();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError(ExitCode.INTERRUPTED, "Interrupted.", "", e);
        }
    }

    private static List<ComputeDevice> ample() {
        return Boxes.told(AMPLE, USUAL_BANDWIDTH, 1).devices();
    }
}
