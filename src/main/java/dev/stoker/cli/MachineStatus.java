package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.LaunchSettings;
import dev.stoker.rules.Alert;
import dev.stoker.rules.Thresholds;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.MemoryBudget;
import dev.stoker.watch.Moment;

import java.util.List;
import java.util.Map;

/**
 * What {@code stoker status} shows: one moment, judged, with what is only looked at once.
 * Immutable.
 *
 * @param addresses where servers were looked for
 * @param named whether the user named them
 * @param settings how each server was started, by its address
 */
record MachineStatus(
        Moment now,
        MemoryBudget budget,
        List<Alert> alerts,
        Thresholds thresholds,
        List<Endpoint> addresses,
        boolean named,
        Map<Endpoint, Reading<LaunchSettings>> settings) {
    MachineStatus {
        alerts = List.copyOf(alerts);
        addresses = List.copyOf(addresses);
        settings = Map.copyOf(settings);
    }

    /** Returns the servers; whatever else listens at a usual port is none. */
    List<ServerState> servers() {
        return now.machine().servers().stream().filter(s -> named || !isStranger(s)).toList();
    }

    /** Returns the addresses where something else than a model server answers. */
    List<Endpoint> strangers() {
        return named
                ? List.of()
                : now.machine().servers().stream()
                        .filter(MachineStatus::isStranger)
                        .map(ServerState::endpoint)
                        .toList();
    }

    private static boolean isStranger(ServerState server) {
        return !server.identity().isKnown()
                && server.health() instanceof Health.Down(ServerFailure failure)
                && failure instanceof ServerFailure.BadAnswer;
    }

    Reading<LaunchSettings> settings(ServerState server) {
        return settings.getOrDefault(
                server.endpoint(), Reading.unsupported("it was not looked at"));
    }
}
