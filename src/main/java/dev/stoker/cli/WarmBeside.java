package dev.stoker.cli;

import dev.stoker.alert.Alerter;
import dev.stoker.alert.StateFile;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.Endpoint;
import dev.stoker.server.ApiKey;
import dev.stoker.server.discovery.Discovery;
import dev.stoker.warm.Desired;
import dev.stoker.warm.Keeper;
import dev.stoker.warm.WarmSet;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps models ready beside something else that this process does. Closed by its maker. */
final class WarmBeside implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final WarmLanes lanes;
    private final Alerter alerter;
    private final Cancellation cancellation;
    private final Thread thread;

    /**
     * Begins.
     *
     * @param told takes the alerts, a line each
     * @param say takes what happens, a sentence each
     * @param rounds takes what the last rounds came to, after each
     */
    WarmBeside(
            List<Desired> models,
            ServerOptions server,
            MachineWatcher machines,
            AlertOptions alerting,
            Optional<Consumer<String>> told,
            Map<String, String> env,
            Clock clock,
            Consumer<String> say,
            Consumer<Map<String, Keeper.Round>> rounds) {
        ApiKey key =
                Optional.ofNullable(server.apiKeyEnv)
                        .map(name -> ApiKey.fromEnvironment(name, env))
                        .orElse(ApiKey.none());
        cancellation = new Cancellation();
        Map<Endpoint, List<Desired>> wanted = WarmLanes.wanted(models, server.servers, env, key);
        WarmFit fit =
                new WarmFit(
                        machines,
                        (servers, _) -> Discovery.find(servers, env, Clock.system(), key).require(),
                        env,
                        server.apiKeyEnv,
                        new Terminal(false, false, false, 100, false));
        lanes =
                new WarmLanes(
                        wanted,
                        new WarmLanes.Setting(
                                WarmSet.Care.KEEP,
                                key,
                                machines::hostOf,
                                endpoint ->
                                        fit.room(
                                                endpoint,
                                                wanted.getOrDefault(endpoint, List.of()),
                                                _ -> {}),
                                _ -> Optional.empty(), // The rules of the machine tell it.
                                _ -> "",
                                ResultsFolder.data(env),
                                say),
                        clock,
                        cancellation);
        alerter =
                new Alerter(
                        alerting.outlets(clock, told),
                        alerting.least(),
                        new StateFile(
                                WarmLanes.alertsFile(ResultsFolder.data(env), wanted.keySet())),
                        clock,
                        say);
        thread =
                Thread.ofVirtual()
                        .name("warm")
                        .start(() -> {
                            try {
                                lanes.watch(EVERY, alerter, () -> rounds.accept(lanes.rounds()));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    @Override
    public void close() {
        cancellation.cancel();
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(6));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        alerter.close();
        lanes.close();
    }
}
