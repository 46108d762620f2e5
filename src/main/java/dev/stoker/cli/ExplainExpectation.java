package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.explain.probe.Expected;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.host.Hosts;
import dev.stoker.machine.MachineWatch;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.Planner;
import dev.stoker.plan.calibrate.HostOverheads;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.source.ModelFinder;
import dev.stoker.plan.speed.Calibration;
import dev.stoker.plan.speed.SpeedEstimate;
import dev.stoker.plan.speed.SpeedHistory;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerKind;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How fast a model of a server of this host should answer: by the bytes that it moves, and by what
 * was measured before. What can't be told is left out. One thread.
 */
final class ExplainExpectation {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int RUNS_LOOKED_AT = 200;

    private final MachineWatcher machines;
    private final Stores stores;
    private final Map<String, String> env;

    ExplainExpectation(MachineWatcher machines, Stores stores, Map<String, String> env) {
        this.machines = machines;
        this.stores = stores;
        this.env = env;
    }

    Expected of(InferenceServer server, String model, ApiKey key) throws InterruptedException {
        boolean here =
                server.identity().endpoint().isLoopback()
                        && server.identity().simulated().isEmpty();
        if (!here) {
            return Expected.nothing("the server does not run on this host");
        }
        return measured(byHardware(server, model, key), model);
    }

    private Expected byHardware(InferenceServer server, String model, ApiKey key)
            throws InterruptedException {
        ServerKind kind = server.identity().kind();
        if (kind != ServerKind.OLLAMA
                && kind != ServerKind.LLAMA_SERVER
                && kind != ServerKind.LLAMA_ROUTER) {
            return Expected.nothing("no estimate is made for " + kind.title());
        }
        try {
            ModelFinder finder = new ModelFinder(env, () -> Optional.of(server), true, key);
            PlanSettings settings = new PlanSettings();
            Planner planner =
                    new Planner(
                            HostOverheads.here(ResultsFolder.data(env)),
                            settings.target(),
                            Calibration.NONE);
            ModelFinder.Found found = finder.find(model);
            Box box = box(server);
            ModelPlan plan =
                    kind == ServerKind.OLLAMA
                            ? planner.ollama(
                                    found.model(),
                                    settings.ollama(env),
                                    settings.llama(),
                                    box.devices(),
                                    List.of(),
                                    OptionalLong.of(0))
                            : planner.llamaServer(
                                    found.model(),
                                    settings.llama(),
                                    box.devices(),
                                    OptionalLong.of(0));
            return plan.speed()
                    .map(speed -> of(speed, box.gpus().isEmpty()))
                    .orElse(Expected.nothing("by the estimate it does not fit at all"));
        } catch (UserError e) {
            return Expected.nothing(Text.plain(e.sentence(), 200));
        }
    }

    /** The bandwidth of a host's own memory is not known. */
    private static Expected of(SpeedEstimate speed, boolean assumed) {
        return new Expected(
                OptionalDouble.of(speed.decode().expected()),
                speed.decode().low(),
                speed.decode().high(),
                speed.bytesPerToken().count(),
                speed.bound(),
                assumed,
                OptionalDouble.empty(),
                "");
    }

    /** This host as if nothing was loaded: the model that is asked is loaded already. */
    private Box box(InferenceServer server) throws InterruptedException {
        PlanHardware hardware = new PlanHardware();
        hardware.idle = true;
        try (MachineWatch watch =
                machines.open(
                        new MachineWatcher.Wanted(
                                List.of(server.identity().endpoint().url()),
                                Optional.empty(),
                                false,
                                false))) {
            return hardware.here(watch.look(PATIENCE), env);
        }
    }

    private Expected measured(Expected expected, String model) {
        boolean none =
                env.getOrDefault("STOKER_STORE", "").isBlank()
                        && !Files.isRegularFile(ResultsFolder.data(env).resolve("runs.db"));
        if (none) {
            return expected;
        }
        try (RunStore store = stores.open("", Stores.Access.LOOK)) {
            var host = Hosts.local().machine();
            return SpeedHistory.on(store, host.name().orElse(""), host.gpu(), RUNS_LOOKED_AT)
                    .stream()
                    .filter(m -> m.model().equals(model))
                    .findFirst()
                    .map(m -> expected.measured(m.decode(), m.run()))
                    .orElse(expected);
        } catch (UserError e) {
            return expected; // An explanation needs no store.
        }
    }
}
