package dev.stoker.watch;

import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.state.Rates;
import dev.stoker.server.state.ServerRates;

import java.util.List;
import java.util.Map;

/**
 * A machine at one moment, with what lies between this sample and the one before. Immutable.
 *
 * @param machine the sample
 * @param rates what each server did since; none of a server that was not there before
 * @param models each model of each server, in the servers' order
 * @param events what happened since, in the order in which it is told
 */
public record Moment(
        MachineSample machine,
        Map<Endpoint, ServerRates> rates,
        List<ModelView> models,
        List<Event> events) {
    /** The name of the source that tells a simulated box's GPUs. */
    private static final String SIMULATED = "simulated box";

    private static final String FIRST = "this is the first look at the server";

    public Moment {
        rates = Map.copyOf(rates);
        models = List.copyOf(models);
        events = List.copyOf(events);
    }

    /** Returns what a server did since the sample before. */
    public Rates rates(Endpoint server) {
        ServerRates found = rates.get(server);
        return found == null ? Rates.unknown(FIRST) : found.all();
    }

    /**
     * Returns whether a model's server works on this machine, as far as can be told: its process is
     * seen here, or its address leads here. A simulated server has simulated GPUs alone.
     */
    public boolean isHere(ModelView model) {
        boolean made =
                machine.servers().stream()
                        .filter(server -> server.endpoint().equals(model.server()))
                        .anyMatch(server ->
                                server.identity()
                                        .map(id -> id.simulated().isPresent())
                                        .orElse(false));
        boolean simulated =
                machine.picture().parts().stream()
                        .anyMatch(part -> part.report().source().equals(SIMULATED));
        return made == simulated
                && (model.server().isLoopback() || model.state().runnerPid().isKnown());
    }
}
