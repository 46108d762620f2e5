package dev.stoker.bench;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.Throttling;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks at everything that could spoil a benchmark before it starts. Only reads. */
public final class Checklist {
    private static final Bytes NOTABLE = Bytes.gib(1);

    private Checklist() {}

    /** How a check came out. */
    public enum State {
        GOOD,
        /** It may spoil a figure, or could not be looked at. */
        WARNING,
        /** It will spoil the figures, or the run. */
        BAD
    }

    /**
     * One line of the list.
     *
     * @param title what was looked at
     * @param detail what was seen
     */
    public record Check(State state, String title, String detail) {}

    /** Returns the checks, in the order in which they matter. */
    public static List<Check> of(BenchContext context, BenchPlan plan) {
        HostMemory memory = context.host().memory();
        List<Check> checks = new ArrayList<>();
        checks.add(
                new Check(
                        State.GOOD,
                        "server",
                        plan.server().title()
                                + " answers at "
                                + plan.server().endpoint()
                                + (plan.server().version().isKnown()
                                        ? ""
                                        : " (version unknown: "
                                                + plan.server().version().reason()
                                                + ")")));
        checks.add(memory(memory, plan));
        checks.add(loaded(context, plan));
        checks.add(baseline(plan));
        checks.add(others(context, memory));
        checks.add(swap(memory));
        checks.add(throttling(context));
        return List.copyOf(checks);
    }

    private static Check memory(HostMemory memory, BenchPlan plan) {
        if (!(memory.available() instanceof Reading.Known<Bytes>(Bytes available))) {
            return new Check(State.WARNING, "memory", "unknown: " + memory.available().reason());
        }
        String shown =
                available.binary()
                        + " available"
                        + (memory.total().isKnown()
                                ? " of " + memory.total().value().binary()
                                : "");
        if (memory.total() instanceof Reading.Known<Bytes>(Bytes total)
                && available.count() < total.count() / 20
                && plan.loaded().isEmpty()) {
            return new Check(State.BAD, "memory", shown + ": almost all of it is in use");
        }
        List<String> tight =
                plan.toRun().stream()
                        .filter(m ->
                                m.estimate().isKnown()
                                        && m.estimate().value().hostHigh().compareTo(available) > 0)
                        .map(PlannedModel::name)
                        .toList();
        return tight.isEmpty()
                ? new Check(State.GOOD, "memory", shown)
                : new Check(
                        State.WARNING,
                        "memory",
                        shown + "; may not be enough for " + String.join(", ", tight));
    }

    private static Check loaded(BenchContext context, BenchPlan plan) {
        if (plan.loaded().isEmpty()) {
            return new Check(State.GOOD, "loaded", "no model is in memory");
        }
        String names =
                String.join(", ", plan.loaded().stream().map(l -> Text.plain(l.name())).toList());
        if (ServerMemory.onlyGhosts(context, plan.loaded().size())) {
            return new Check(
                    State.WARNING,
                    "loaded",
                    names
                            + " listed, but no runner lives: it was killed or crashed, and the"
                            + " server has not noticed");
        }
        boolean onlyMeasured =
                plan.loaded().stream()
                        .allMatch(l ->
                                plan.toRun().stream()
                                        .anyMatch(m -> ServerMemory.sameModel(l.name(), m.name())));
        return new Check(
                onlyMeasured && !plan.unloadFirst() ? State.GOOD : State.WARNING,
                "loaded",
                names + (plan.unloadFirst() ? " will be unloaded first" : " stays in memory"));
    }

    private static Check baseline(BenchPlan plan) {
        if (!(plan.baseline() instanceof Reading.Known<Bytes>(Bytes bytes))) {
            return new Check(
                    State.WARNING, "server memory", "unknown: " + plan.baseline().reason());
        }
        boolean heavy = plan.loaded().isEmpty() && bytes.compareTo(Bytes.gib(4)) > 0;
        return new Check(
                heavy ? State.WARNING : State.GOOD,
                "server memory",
                bytes.binary()
                        + (heavy ? " with no model loaded: a restart would give it back" : ""));
    }

    private static Check others(BenchContext context, HostMemory memory) {
        Set<Long> own = new HashSet<>();
        own.add(ProcessHandle.current().pid());
        Reading<HostProcess> server =
                context.host().listener(context.server().identity().endpoint().port());
        if (server.isKnown()) {
            context.host().tree(server.value().pid()).processes().forEach(p -> own.add(p.pid()));
        }
        List<MemoryUser> all = context.host().largestUsers(12);
        if (all.isEmpty()) {
            return new Check(
                    State.WARNING,
                    "other users",
                    "unknown: "
                            + (memory.available().isKnown()
                                    ? "the host's processes can not be seen"
                                    : memory.available().reason()));
        }
        List<String> users =
                all.stream()
                        .filter(u -> !own.contains(u.process().pid()))
                        .filter(u -> u.resident().compareTo(NOTABLE) > 0)
                        .limit(3)
                        .map(Checklist::shown)
                        .toList();
        return users.isEmpty()
                ? new Check(State.GOOD, "other users", "no other process holds more than 1 GiB")
                : new Check(State.WARNING, "other users", String.join(", ", users));
    }

    private static String shown(MemoryUser user) {
        return "%s (pid %d) holds %s"
                .formatted(
                        Text.plain(user.process().name(), 40),
                        user.process().pid(),
                        user.resident().binary());
    }

    private static Check swap(HostMemory memory) {
        if (!(memory.swapTotal() instanceof Reading.Known<Bytes>(Bytes total))
                || !(memory.swapUsed() instanceof Reading.Known<Bytes>(Bytes used))) {
            String why =
                    memory.swapTotal().isKnown()
                            ? memory.swapUsed().reason()
                            : memory.swapTotal().reason();
            return new Check(State.WARNING, "swap", "unknown: " + why);
        }
        if (total.count() == 0) {
            return new Check(
                    State.GOOD,
                    "swap",
                    "none: a load that does not fit fails, or hangs for minutes");
        }
        boolean heavy = used.count() > total.count() / 10;
        return new Check(
                heavy ? State.WARNING : State.GOOD,
                "swap",
                used.binary()
                        + " of "
                        + total.binary()
                        + " used"
                        + (heavy ? ": figures suffer when a model is swapped out" : ""));
    }

    private static Check throttling(BenchContext context) {
        return switch (context.host().throttling()) {
            case Reading.Known<Throttling>(Throttling t) ->
                    new Check(
                            t.now() ? State.BAD : State.GOOD,
                            "heat",
                            t.evidence()
                                    + (t.now()
                                            ? ": the figures would be those of a slowed machine"
                                            : ""));
            case Reading.Unsupported<Throttling>(String reason) ->
                    new Check(State.GOOD, "heat", "not told here: " + reason);
            case Reading.Failed<Throttling>(String reason) ->
                    new Check(State.WARNING, "heat", "unknown: " + reason);
        };
    }
}
