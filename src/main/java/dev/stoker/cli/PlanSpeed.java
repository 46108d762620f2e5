package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.host.Hosts;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.speed.Calibration;
import dev.stoker.plan.speed.SpeedHistory;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What this host's own benchmarks say of the speed of a plan. Used by one thread. */
final class PlanSpeed {
    private static final int RUNS_LOOKED_AT = 200;
    private static final int OTHERS = 5;

    private final Stores stores;
    private final Map<String, String> env;

    PlanSpeed(Stores stores, Map<String, String> env) {
        this.stores = stores;
        this.env = env;
    }

    /**
     * Returns the calibration by the very model where this host has measured it, else by up to five
     * others that it has; none where there is no store, or nothing usable in it.
     *
     * @param other plans another model as the present one is planned; empty where it can't be
     */
    Calibration calibration(ModelPlan plan, Function<String, Optional<ModelPlan>> other) {
        boolean none =
                plan.speed().isEmpty()
                        || (env.getOrDefault("STOKER_STORE", "").isBlank()
                                && !Files.isRegularFile(
                                        ResultsFolder.data(env).resolve("runs.db")));
        if (none) {
            return Calibration.NONE;
        }
        try (RunStore store = stores.open("", Stores.Access.LOOK)) {
            var here = Hosts.local().machine();
            List<SpeedHistory.Measured> measured =
                    SpeedHistory.on(store, here.name().orElse(""), here.gpu(), RUNS_LOOKED_AT);
            return Calibration.choose(plan.model().name(), pairs(plan, measured, other));
        } catch (UserError e) {
            return Calibration.NONE; // A plan needs no store.
        }
    }

    private static List<Calibration.Pair> pairs(
            ModelPlan plan,
            List<SpeedHistory.Measured> measured,
            Function<String, Optional<ModelPlan>> other) {
        List<Calibration.Pair> pairs = new ArrayList<>();
        for (SpeedHistory.Measured one : measured) {
            if (one.model().equals(plan.model().name())) {
                return pair(one, plan).map(List::of).orElse(List.of());
            }
        }
        for (SpeedHistory.Measured one : measured) {
            if (pairs.size() < OTHERS) {
                other.apply(one.model()).flatMap(p -> pair(one, p)).ifPresent(pairs::add);
            }
        }
        return pairs;
    }

    private static Optional<Calibration.Pair> pair(SpeedHistory.Measured one, ModelPlan plan) {
        return plan.speed()
                .map(speed ->
                        new Calibration.Pair(
                                one.model(),
                                one.decode(),
                                speed.decode().expected(),
                                "run " + one.run()));
    }
}
