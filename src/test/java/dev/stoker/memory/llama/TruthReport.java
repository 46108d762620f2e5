package dev.stoker.memory.llama;

import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.MemoryPlan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints how far the estimator is from the truth, by model and kind. */
final class TruthReport {
    private TruthReport() {}

    public static void main(String[] args) {
        MemoryTruth truth = MemoryTruth.ofFolder(Path.of(args[0]));
        String only = args.length > 1 ? args[1] : "";
        boolean verbose = args.length > 2;
        Map<String, List<Double>> errors = new TreeMap<>();
        Map<ItemKind, Integer> wrong = new TreeMap<>();
        Map<ItemKind, Integer> all = new TreeMap<>();
        for (MemoryTruth.Start start : truth.starts("truth.tsv")) {
            if (!start.toString().contains(only)) {
                continue;
            }
            LlamaMemory memory =
                    LlamaMemory.of(truth.model(start.model()), Overheads.none(start.packing()));
            MemoryPlan plan = memory.plan(start.settings(), start.devices());
            for (DevicePlan device : plan.devices()) {
                Map<ItemKind, MemoryTruth.Amount> told =
                        start.told().getOrDefault(device.device().name(), Map.of());
                for (ItemKind kind :
                        List.of(
                                ItemKind.WEIGHTS,
                                ItemKind.KV,
                                ItemKind.RECURRENT,
                                ItemKind.OUTPUT,
                                ItemKind.COMPUTE)) {
                    long ours = device.of(kind).count();
                    MemoryTruth.Amount amount =
                            told.getOrDefault(kind, new MemoryTruth.Amount(0, true));
                    double off = (ours - amount.bytes()) / 1048576.0;
                    all.merge(kind, 1, Integer::sum);
                    double limit = kind == ItemKind.COMPUTE ? 0.5 : 0.02;
                    if (Math.abs(off) > limit) {
                        wrong.merge(kind, 1, Integer::sum);
                        if (verbose) {
                            System.out.printf(
                                    "%s %s: %.3f told %.3f (%+.3f) | %d %s %s c=%d np=%d u=%s ub=%d"
                                            + " %s/%s ngl=%s fa=%s(%s) ts=%s %s%n",
                                    device.device().name(),
                                    kind.word(),
                                    ours / 1048576.0,
                                    amount.bytes() / 1048576.0,
                                    off,
                                    start.number(),
                                    start.model(),
                                    start.machine(),
                                    start.settings().context().getAsLong(),
                                    start.settings().parallel().getAsInt(),
                                    start.settings().unifiedCache().get(),
                                    start.settings().microBatch(),
                                    start.settings().keys(),
                                    start.settings().values(),
                                    start.settings().gpuLayers(),
                                    start.settings().flashAttention(),
                                    start.flash(),
                                    start.settings().tensorSplit(),
                                    start.how());
                        }
                    }
                }
                long ourTotal = device.total().count();
                long toldTotal = told.values().stream().mapToLong(MemoryTruth.Amount::bytes).sum();
                if (toldTotal > device.wanted().count()) {
                    System.out.printf(
                            "UNDER %.1f MiB of %.1f: %s %s%n",
                            (toldTotal - device.wanted().count()) / 1048576.0,
                            toldTotal / 1048576.0,
                            device.device().name(),
                            start);
                }
                if (toldTotal > 0) {
                    boolean gpu = !device.device().name().equals("host");
                    boolean full = start.offloaded() == memory.allLayers();
                    String group =
                            gpu
                                    ? start.devices().size() > 2
                                            ? "split gpu"
                                            : full ? "full gpu" : "part gpu"
                                    : start.devices().size() == 1 ? "cpu only" : "host beside";
                    errors.computeIfAbsent(group, _ -> new ArrayList<>())
                            .add((ourTotal - toldTotal) / (double) toldTotal);
                }
            }
        }
        System.out.println("wrong " + wrong + " of " + all);
        errors.forEach((group, list) -> {
            List<Double> sorted = new ArrayList<>(list.stream().map(Math::abs).toList());
            Collections.sort(sorted);
            double least = list.stream().mapToDouble(d -> d).min().orElse(0);
            System.out.printf(
                    "%-12s n=%d median %.3f%% p95 %.3f%% max %.3f%% lowest %.3f%%%n",
                    group,
                    sorted.size(),
                    100 * sorted.get(sorted.size() / 2),
                    100 * sorted.get((int) (sorted.size() * 0.95)),
                    100 * sorted.getLast(),
                    100 * least);
        });
    }
}
