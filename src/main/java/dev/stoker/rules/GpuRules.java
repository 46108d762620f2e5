package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.Moment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the figures of the GPUs themselves call for: memory, heat, power, clocks. One thread. */
final class GpuRules {
    private static final double SLACK_SHARE = 0.02;
    private static final double SLACK_CELSIUS = 3;

    /** From this share of what is used on, the memory is taken for the models'. */
    private static final double MOSTLY = 0.8;

    /** They take a fixed share of the memory when they start, and manage it by themselves. */
    private static final Set<ServerKind> TAKES_ALL =
            Set.of(ServerKind.VLLM, ServerKind.SGLANG, ServerKind.TGI);

    private final Thresholds marks;
    private final Levels memory = new Levels(SLACK_SHARE);
    private final Levels heat = new Levels(SLACK_CELSIUS);
    private final Windows power;

    GpuRules(Thresholds marks) {
        this.marks = marks;
        this.power = new Windows(marks.time(Mark.POWER_FOR));
    }

    List<Finding> look(Moment now) {
        memory.turn();
        heat.turn();
        power.turn();
        List<Finding> found = new ArrayList<>();
        for (GpuPicture.Part part : now.machine().picture().parts()) {
            part.silence()
                    .or(() -> part.report().trouble().filter(GpuTrouble::isFault))
                    .ifPresent(trouble -> found.add(ofSource(part, trouble)));
        }
        for (GpuSample gpu : now.machine().gpus()) {
            fault(gpu).ifPresent(found::add);
            memory(now, gpu).ifPresent(found::add);
            heat(gpu).ifPresent(found::add);
            throttled(gpu).ifPresent(found::add);
            power(gpu, now.machine().nanos()).ifPresent(found::add);
            GpuHealth.look(gpu, found);
        }
        return found;
    }

    private static Finding ofSource(GpuPicture.Part part, GpuTrouble trouble) {
        return new Finding(
                Rule.GPU_FAULT,
                severity(trouble),
                Map.of("source", part.report().source()),
                "GPUs",
                trouble.sentence(),
                trouble.next());
    }

    private static Optional<Finding> fault(GpuSample gpu) {
        return gpu.trouble()
                .filter(GpuTrouble::isFault)
                .map(trouble ->
                        Finding.ofGpu(
                                Rule.GPU_FAULT,
                                severity(trouble),
                                gpu,
                                trouble.sentence(),
                                trouble.next()));
    }

    /** A driver that is late may answer the next time; all else stays until somebody acts. */
    private static Severity severity(GpuTrouble trouble) {
        return trouble.kind() == GpuTrouble.Kind.NO_ANSWER ? Severity.WARNING : Severity.CRITICAL;
    }

    /**
     * Memory of its own alone: unified memory is the host's. A GPU is there to be filled with
     * models, so what they hold weighs a step less; and what a server took at its start, to manage
     * it by itself, does not grow, and is only worth a note.
     */
    private Optional<Finding> memory(Moment now, GpuSample gpu) {
        Reading<Bytes> used = gpu.bytes(GpuMetric.MEMORY_USED);
        Reading<Bytes> total = gpu.bytes(GpuMetric.MEMORY_TOTAL);
        if (gpu.device().unifiedMemory()
                || !used.isKnown()
                || !total.isKnown()
                || total.value().count() <= 0) {
            return Optional.empty();
        }
        double share = used.value().count() / (double) total.value().count();
        Optional<Severity> step =
                memory.of(
                        gpu.device().key(),
                        share,
                        marks.at(Mark.GPU_MEMORY_WARNING),
                        marks.at(Mark.GPU_MEMORY_CRITICAL));
        if (step.isEmpty()) {
            return Optional.empty();
        }
        long models = held(now, gpu, false);
        boolean reserved = held(now, gpu, true) >= used.value().count() / 2;
        boolean planned = models >= MOSTLY * used.value().count();
        Severity severity =
                reserved
                        ? Severity.NOTE
                        : !planned
                                ? step.get()
                                : step.get() == Severity.CRITICAL
                                        ? Severity.WARNING
                                        : Severity.NOTE;
        String what =
                used.value().binary()
                        + " of "
                        + total.value().binary()
                        + " are in use ("
                        + Math.round(share * 100)
                        + " %)"
                        + (reserved
                                ? ", most of it taken by its server at the start, as it is set"
                                : models > 0 ? ", " + Bytes.of(models).binary() + " by models" : "")
                        + ".";
        return Optional.of(
                Finding.ofGpu(Rule.GPU_MEMORY_HIGH, severity, gpu, what, nextOfMemory(reserved)));
    }

    private static String nextOfMemory(boolean reserved) {
        return reserved
                ? "Another program needs room of its own: lower the server's share then."
                : "A further model or a longer context may not fit: 'stoker gpu' shows who holds"
                        + " what.";
    }

    /** What processes of models hold of a GPU's memory, as far as the driver tells. */
    private static long held(Moment now, GpuSample gpu, boolean reservedAlone) {
        Set<String> names = new HashSet<>();
        for (ServerState server : now.machine().servers()) {
            boolean takesAll =
                    server.identity().map(id -> TAKES_ALL.contains(id.kind())).orElse(false);
            if (takesAll || !reservedAlone) {
                server.models().orElse(List.of()).forEach(m -> names.add(m.name()));
            }
        }
        long sum = 0;
        for (GpuProcess process : gpu.processes().orElse(List.of())) {
            String model = now.machine().models().get(process.pid());
            if (model != null && names.contains(model)) {
                sum += process.memory().orElse(Bytes.ZERO).count();
            }
        }
        return sum;
    }

    private Optional<Finding> heat(GpuSample gpu) {
        Reading<Double> now = gpu.value(GpuMetric.TEMPERATURE);
        if (!now.isKnown()) {
            return Optional.empty();
        }
        double hot = marks.hot(gpu);
        Optional<Severity> step =
                heat.of(gpu.device().key(), now.value(), Math.min(marks.warm(gpu), hot), hot);
        return step.map(severity ->
                Finding.ofGpu(
                        Rule.GPU_TEMPERATURE_HIGH,
                        severity,
                        gpu,
                        Math.round(now.value())
                                + " °C; "
                                + (gpu.value(GpuMetric.SLOWDOWN_TEMPERATURE).isKnown()
                                        ? "it slows itself down at " + Math.round(hot) + " °C."
                                        : "the mark is "
                                                + Math.round(
                                                        severity == Severity.CRITICAL
                                                                ? hot
                                                                : marks.warm(gpu))
                                                + " °C."),
                        "Look after its fans, dust and the air around it."));
    }

    /** What holds the clock down and should not; at rest the hardware's brakes cost nothing. */
    private static Optional<Finding> throttled(GpuSample gpu) {
        Set<ThrottleReason> reasons = new TreeSet<>(gpu.throttleReasons().orElse(Set.of()));
        boolean idle = reasons.contains(ThrottleReason.IDLE);
        reasons.removeIf(r -> r.effect() != ThrottleReason.Effect.HARMFUL);
        if (reasons.isEmpty()) {
            return Optional.empty();
        }
        boolean driverAlone = reasons.equals(Set.of(ThrottleReason.SOFTWARE_THERMAL));
        String why = String.join("; ", reasons.stream().map(ThrottleReason::sentence).toList());
        return Optional.of(
                Finding.ofGpu(
                        Rule.GPU_THROTTLED,
                        driverAlone || idle ? Severity.WARNING : Severity.CRITICAL,
                        gpu,
                        circumstances(gpu) + why + ".",
                        reasons.contains(ThrottleReason.POWER_BRAKE)
                                ? "Look after its power supply and cables."
                                : "Look after its cooling."));
    }

    private static String circumstances(GpuSample gpu) {
        Reading<Double> clock = gpu.value(GpuMetric.CLOCK);
        Reading<Double> most = gpu.value(GpuMetric.CLOCK_MAX);
        Reading<Double> heat = gpu.value(GpuMetric.TEMPERATURE);
        String at =
                (clock.isKnown() && most.isKnown()
                                ? Math.round(clock.value() / 1e6)
                                        + " of "
                                        + Math.round(most.value() / 1e6)
                                        + " MHz"
                                : "")
                        + (heat.isKnown() ? " at " + Math.round(heat.value()) + " °C" : "");
        return at.isEmpty() ? "" : at.strip() + ", ";
    }

    /** Usual under full load; worth knowing, since a higher limit would be faster. */
    private Optional<Finding> power(GpuSample gpu, long nanos) {
        Reading<Double> draw = gpu.value(GpuMetric.POWER);
        Reading<Double> limit = gpu.value(GpuMetric.POWER_LIMIT);
        boolean capped = gpu.throttleReasons().orElse(Set.of()).contains(ThrottleReason.POWER_CAP);
        Reading<Double> share =
                draw.isKnown() && limit.isKnown() && limit.value() > 0
                        ? Reading.known(draw.value() / limit.value())
                        : draw.map(_ -> 0.0);
        if (!share.isKnown() && !gpu.throttleReasons().isKnown()) {
            return Optional.empty();
        }
        double now = capped ? Math.max(1, share.orElse(1.0)) : share.orElse(0.0);
        String key = gpu.device().key();
        double mark = marks.at(Mark.POWER_FROM);
        Window window = power.add(key, nanos, now);
        if (!power.speaks(
                key, window.isFull() && window.least() >= mark, now >= mark - SLACK_SHARE)) {
            return Optional.empty();
        }
        String what =
                draw.isKnown() && limit.isKnown()
                        ? Math.round(draw.value())
                                + " of "
                                + Math.round(limit.value())
                                + " W: its power limit holds its clock."
                        : "its power limit holds its clock.";
        return Optional.of(
                Finding.ofGpu(
                        Rule.GPU_POWER_AT_LIMIT,
                        Severity.NOTE,
                        gpu,
                        what,
                        "That is usual under full load."));
    }
}
