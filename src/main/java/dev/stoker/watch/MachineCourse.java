package dev.stoker.watch;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.host.ProcessDetails;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.Rates;
import dev.stoker.server.state.ServerRates;
import dev.stoker.server.state.ServerState;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Follows a machine: takes one sample after the other, whether they come from this machine, from
 * another one, or from a recording, and adds what only their course tells. Keeps the last sample.
 * Used by one thread; asks nobody.
 */
public final class MachineCourse {
    private static final String NOT_SEEN = "which process computes it is not known";
    private final Happenings happenings = new Happenings();
    private @Nullable MachineSample before;

    /** Takes the next sample. */
    public Moment next(MachineSample now) {
        MachineSample last = before;
        before = now;
        Map<Endpoint, ServerRates> rates = new HashMap<>();
        if (last != null) {
            Map<Endpoint, ServerState> earlier = byAddress(last);
            for (ServerState state : now.servers()) {
                ServerState then = earlier.get(state.endpoint());
                if (then != null) {
                    rates.put(state.endpoint(), ServerRates.between(then, state));
                }
            }
        }
        return new Moment(now, rates, models(now, rates), events(last, now));
    }

    private List<Event> events(@Nullable MachineSample last, MachineSample now) {
        if (last == null) {
            happenings.begin(now);
            return List.of();
        }
        return happenings.between(last, now);
    }

    static Map<Endpoint, ServerState> byAddress(MachineSample sample) {
        Map<Endpoint, ServerState> servers = new HashMap<>();
        sample.servers().forEach(state -> servers.put(state.endpoint(), state));
        return servers;
    }

    private static List<ModelView> models(MachineSample now, Map<Endpoint, ServerRates> rates) {
        List<ModelView> views = new ArrayList<>();
        for (ServerState server : now.servers()) {
            Optional<ServerRates> did = Optional.ofNullable(rates.get(server.endpoint()));
            List<ModelState> models = server.models().orElse(List.of());
            for (ModelState model : models) {
                views.add(
                        new ModelView(
                                server.endpoint(),
                                server.identity().map(ServerIdentity::title).orElse(""),
                                model,
                                rates(model, models.size() == 1, did),
                                gpuMemory(now, model),
                                process(now, model)));
            }
        }
        return views;
    }

    /** A server that counts for all its models together counts for its only one. */
    private static Rates rates(ModelState model, boolean only, Optional<ServerRates> did) {
        if (did.isEmpty()) {
            return Rates.unknown("this is the first look at the server");
        }
        Rates own = did.get().models().get(model.name());
        return only
                        && (own == null
                                || !own.generatedTokens().isKnown()
                                || !model.counters().anyKnown())
                ? did.get().all()
                : own == null ? Rates.unknown("the model was not there before") : own;
    }

    private static Reading<ProcessDetails> process(MachineSample now, ModelState model) {
        if (!(model.runnerPid() instanceof Reading.Known<Long>(Long pid))) {
            return Reading.unsupported(NOT_SEEN);
        }
        ProcessDetails details = now.processes().get(pid);
        return details == null
                ? Reading.failed("process " + pid + " can't be seen from here")
                : Reading.known(details);
    }

    /** The model's processes are its runner and those that are known to compute that model. */
    private static Reading<Map<Integer, Bytes>> gpuMemory(MachineSample now, ModelState model) {
        if (!model.runnerPid().isKnown()) {
            return model.runnerPid().map(_ -> Map.of());
        }
        Map<Integer, Bytes> held = new TreeMap<>();
        boolean told = false;
        for (GpuSample gpu : now.gpus()) {
            if (!gpu.processes().isKnown()) {
                continue;
            }
            told = true;
            for (GpuProcess use : gpu.processes().value()) {
                if (isOf(now, use.pid(), model)) {
                    if (!use.memory().isKnown()) {
                        return use.memory().map(_ -> Map.of());
                    }
                    held.merge(gpu.device().index(), use.memory().value(), Bytes::plus);
                }
            }
        }
        return told
                ? Reading.known(held)
                : Reading.unsupported("no GPU tells which processes use it");
    }

    private static boolean isOf(MachineSample now, long pid, ModelState model) {
        return model.runnerPid().equals(Reading.known(pid))
                || model.name().equals(now.models().get(pid));
    }
}
