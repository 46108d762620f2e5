package dev.stoker.plan.pack;

import dev.stoker.base.Bytes;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.LlamaSettings.SplitMode;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.plan.Estimate;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.pack.Packing.Left;
import dev.stoker.plan.pack.Packing.Load;
import dev.stoker.plan.pack.Packing.Placed;
import dev.stoker.plan.pack.Packing.Share;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides which of several models stay in memory together. Each is a process of its own, so that
 * the driver's part is charged for each model on each GPU that it uses. A model stays with all its
 * layers on one GPU, or, where none alone has room for it, with its layers split over several. Pure
 * and thread-safe.
 */
public final class Packer {
    /** How many places are tried: well below a second. */
    private static final int BUDGET = 300_000;

    private static final int MOST_CLASSES = 6;
    private static final int MOST_MODELS = 64;
    private static final int MOST_SUBSETS_OF = 6;

    private final Estimate estimate;
    private final int budget;

    public Packer(Estimate estimate) {
        this(estimate, BUDGET);
    }

    Packer(Estimate estimate, int budget) {
        this.estimate = estimate;
        this.budget = budget;
    }

    /**
     * Returns the best set.
     *
     * @param demands at most 64
     * @param devices GPUs in their order, then the host
     */
    public Packing pack(List<Demand> demands, List<MemoryDevice> devices) {
        if (demands.size() > MOST_MODELS) {
            throw UserError.wrongUse(
                    "Expected at most " + MOST_MODELS + " models, but got " + demands.size() + ".",
                    "");
        }
        return new Problem(demands, devices).solve();
    }

    /**
     * Returns which of the residents must go so that a newcomer has room, and which stay: those of
     * low priority go first, and as few as possible. A newcomer that never has room is the one that
     * is left.
     */
    public Packing admit(List<Demand> residents, Demand newcomer, List<MemoryDevice> devices) {
        int highest = residents.stream().mapToInt(Demand::priority).max().orElse(0);
        List<Demand> all = new ArrayList<>(residents);
        all.add(newcomer.withPriority(Math.max(newcomer.priority(), highest + 1)));
        return pack(all, devices);
    }

    /**
     * Returns sets of so many further models that have room beside those that are there, the
     * largest first; empty where there is none, or where those that are there have no room
     * themselves.
     *
     * @param count 1 or 2
     * @param most how many sets to return
     */
    public List<List<Demand>> more(
            List<Demand> residents,
            List<Demand> candidates,
            int count,
            int most,
            List<MemoryDevice> devices) {
        if (!pack(residents, devices).all()) {
            return List.of();
        }
        List<Demand> sorted =
                candidates.stream()
                        .filter(c -> residents.stream().noneMatch(r -> r.name().equals(c.name())))
                        .filter(c -> fitBeside(residents, List.of(c), devices))
                        .sorted(Comparator.comparingLong(Packer::file).reversed())
                        .toList();
        if (count == 1) {
            return sorted.stream().limit(most).map(List::of).toList();
        }
        List<List<Demand>> pairs = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            for (int j = i + 1; j < sorted.size(); j++) {
                pairs.add(List.of(sorted.get(i), sorted.get(j)));
            }
        }
        return pairs.stream()
                .sorted(
                        Comparator.comparingLong(
                                        (List<Demand> p) -> file(p.get(0)) + file(p.get(1)))
                                .reversed())
                .filter(p -> fitBeside(residents, p, devices))
                .limit(most)
                .toList();
    }

    private boolean fitBeside(
            List<Demand> residents, List<Demand> further, List<MemoryDevice> devices) {
        List<Demand> all = new ArrayList<>(residents);
        all.addAll(further);
        return pack(all, devices).all();
    }

    private static long file(Demand demand) {
        return demand.model().fileSize().map(Bytes::count).orElse(0L);
    }

    /**
     * Returns the models in the order in which a late failure costs least: the small ones first,
     * with those that fit not even alone at the end.
     */
    public List<Demand> order(List<Demand> demands, List<MemoryDevice> devices) {
        record Sized(Demand demand, boolean fits, long bytes) {}
        return demands.stream()
                .map(d -> {
                    Packing alone = pack(List.of(d), devices);
                    long bytes =
                            alone.devices().stream()
                                    .flatMap(l -> l.shares().stream())
                                    .mapToLong(s -> s.wanted().count())
                                    .sum();
                    return new Sized(d, alone.all(), alone.all() ? bytes : file(d));
                })
                .sorted(Comparator.comparing((Sized s) -> !s.fits).thenComparingLong(Sized::bytes))
                .map(Sized::demand)
                .toList();
    }

    /** One set on one machine. */
    private final class Problem {
        private final List<Demand> demands;
        private final List<MemoryDevice> bins;
        private final MemoryDevice host;

        /** Whether bins are GPUs; without any, the host is the only one. */
        private final boolean onGpus;

        private final long[] capacity;
        private final MemoryPlan[][] plans;
        private final MemoryPlan[] splitPlans;

        Problem(List<Demand> demands, List<MemoryDevice> devices) {
            this.demands = List.copyOf(demands);
            List<MemoryDevice> gpus =
                    devices.stream().filter(d -> d.kind() != DeviceKind.HOST).toList();
            onGpus = !gpus.isEmpty();
            host =
                    devices.stream()
                            .filter(d -> d.kind() == DeviceKind.HOST)
                            .findFirst()
                            .orElse(
                                    new MemoryDevice(
                                            "host",
                                            DeviceKind.HOST,
                                            Bytes.ZERO,
                                            Bytes.ZERO,
                                            false));
            bins = onGpus ? gpus : List.of(host);
            capacity = new long[bins.size()];
            for (int b = 0; b < capacity.length; b++) {
                Bytes free = bins.get(b).free();
                boolean shared = shares(bins.get(b)) && bounded();
                capacity[b] = (shared ? free.min(host.free()) : free).count();
            }
            plans = new MemoryPlan[demands.size()][bins.size()];
            splitPlans = new MemoryPlan[demands.size()];
        }

        Packing solve() {
            long[] weights = weights();
            Bins.Item[] items = new Bins.Item[demands.size()];
            for (int i = 0; i < items.length; i++) {
                items[i] = item(i, weights[i]);
            }
            long common = bounded() ? host.free().count() : Bins.NEVER;
            Bins.Answer answer = new Bins(capacity, common, items, this::split, budget).solve();
            return packing(answer, items, weights);
        }

        private boolean bounded() {
            return onGpus && host.capacity().count() > 0;
        }

        private boolean shares(MemoryDevice bin) {
            return onGpus && bin.unified();
        }

        /** Higher priorities outweigh any number of lower ones. */
        private long[] weights() {
            int[] classes =
                    demands.stream().mapToInt(Demand::priority).distinct().sorted().toArray();
            long[] weights = new long[demands.size()];
            for (int i = 0; i < weights.length; i++) {
                int at = Arrays.binarySearch(classes, demands.get(i).priority());
                int above = Math.max(0, at - Math.max(0, classes.length - MOST_CLASSES));
                weights[i] = (long) Math.pow(demands.size() + 1, above);
            }
            return weights;
        }

        private Bins.Item item(int i, long weight) {
            long[] need = new long[bins.size()];
            long[] beside = new long[bins.size()];
            for (int b = 0; b < need.length; b++) {
                MemoryPlan plan = single(i, b);
                plans[i][b] = plan;
                boolean all = !onGpus || plan.gpuLayers() >= plan.allLayers();
                need[b] = all ? wanted(plan, bins.get(b)) : Bins.NEVER;
                beside[b] = bins.get(b).unified() ? 0 : hostWanted(plan);
            }
            return new Bins.Item(need, beside, weight);
        }

        private MemoryPlan single(int i, int bin) {
            Demand demand = demands.get(i);
            LlamaSettings.Builder settings =
                    Fitting.all(demand.model(), demand.settings()).toBuilder();
            settings.split(SplitMode.NONE).mainGpu(0).tensorSplit(List.of());
            List<MemoryDevice> devices = onGpus ? List.of(bins.get(bin), host) : List.of(host);
            return estimate.plan(demand.model(), settings.build(), devices);
        }

        private long wanted(MemoryPlan plan, MemoryDevice bin) {
            if (shares(bin)) {
                Bytes margin = Bytes.ZERO;
                for (DevicePlan d : plan.devices()) {
                    margin = margin.max(d.of(ItemKind.MARGIN));
                }
                return plan.total().plus(margin).count();
            }
            return plan.devices().getFirst().wanted().count();
        }

        private long hostWanted(MemoryPlan plan) {
            return !onGpus ? 0 : plan.host().map(h -> h.wanted().count()).orElse(0L);
        }

        /** Splits layers over as few GPUs as have room, as the server does by free memory. */
        private long @Nullable [] split(int i, long[] room) {
            int n = bins.size();
            if (n < 2) {
                return null;
            }
            for (List<Integer> subset : subsets(n)) {
                long[] taken = split(i, room, subset);
                if (taken != null) {
                    return taken;
                }
            }
            return null;
        }

        private long @Nullable [] split(int i, long[] room, List<Integer> subset) {
            Demand demand = demands.get(i);
            List<MemoryDevice> devices = new ArrayList<>();
            for (int b : subset) {
                devices.add(bins.get(b).withFree(Bytes.of(room[b])));
            }
            devices.add(host);
            LlamaSettings settings =
                    Fitting.all(demand.model(), demand.settings()).toBuilder()
                            .split(SplitMode.LAYER)
                            .build();
            MemoryPlan plan = estimate.plan(demand.model(), settings, devices);
            if (plan.gpuLayers() < plan.allLayers()) {
                return null;
            }
            long[] taken = new long[room.length];
            for (int k = 0; k < subset.size(); k++) {
                long wanted = plan.devices().get(k).wanted().count();
                if (wanted > room[subset.get(k)]) {
                    return null;
                }
                taken[subset.get(k)] = wanted;
            }
            taken[room.length - 1] = hostWanted(plan);
            if (taken[room.length - 1] > room[room.length - 1]) {
                return null;
            }
            splitPlans[i] = plan;
            return taken;
        }

        private List<List<Integer>> subsets(int n) {
            if (n > MOST_SUBSETS_OF) {
                return List.of(IntStream.range(0, n).boxed().toList());
            }
            return IntStream.range(1, 1 << n)
                    .filter(m -> Integer.bitCount(m) > 1)
                    .boxed()
                    .sorted(Comparator.comparingInt(Integer::bitCount))
                    .map(m -> IntStream.range(0, n).filter(b -> (m >> b & 1) == 1).boxed().toList())
                    .toList();
        }

        private Packing packing(Bins.Answer answer, Bins.Item[] items, long[] weights) {
            List<Placed> placed = new ArrayList<>();
            List<Left> left = new ArrayList<>();
            List<List<Share>> shares = new ArrayList<>();
            long[] room = Arrays.copyOf(capacity, capacity.length);
            for (int b = 0; b < bins.size(); b++) {
                shares.add(new ArrayList<>());
            }
            for (int i = 0; i < items.length; i++) {
                Demand demand = demands.get(i);
                int at = answer.place()[i];
                long[] parts = answer.parts()[i];
                if (at == Bins.OUT) {
                    left.add(new Left(demand, why(items[i])));
                } else if (at == Bins.SPLIT && parts != null) {
                    List<Integer> on = new ArrayList<>();
                    for (int b = 0; b < bins.size(); b++) {
                        if (parts[b] > 0) {
                            on.add(b);
                        }
                    }
                    MemoryPlan plan = replanned(i, parts, on);
                    placed.add(new Placed(demand, on, plan));
                    for (int k = 0; k < on.size(); k++) {
                        DevicePlan d = plan.devices().get(k);
                        shares.get(on.get(k)).add(new Share(demand.name(), d.total(), d.wanted()));
                        room[on.get(k)] -= parts[on.get(k)];
                    }
                } else {
                    MemoryPlan plan = plans[i][at];
                    placed.add(new Placed(demand, List.of(at), plan));
                    Bytes wanted = Bytes.of(items[i].need()[at]);
                    boolean shared = shares(bins.get(at));
                    Bytes bytes = shared ? plan.total() : plan.devices().getFirst().total();
                    shares.get(at).add(new Share(demand.name(), bytes, wanted));
                    room[at] -= wanted.count();
                }
            }
            List<Load> loads = new ArrayList<>();
            for (int b = 0; b < bins.size(); b++) {
                loads.add(new Load(bins.get(b), shares.get(b), Bytes.of(room[b])));
            }
            return new Packing(
                    placed,
                    left,
                    loads,
                    answer.exact(),
                    gap(answer, left.size(), weights),
                    how(answer, left.size(), weights));
        }

        /** The plan that the answer was made with: the search has tried others since. */
        private MemoryPlan replanned(int i, long[] parts, List<Integer> on) {
            MemoryPlan last = splitPlans[i];
            if (last.devices().size() == on.size() + 1) {
                boolean same = true;
                for (int k = 0; k < on.size(); k++) {
                    same &= last.devices().get(k).wanted().count() == parts[on.get(k)];
                }
                if (same) {
                    return last;
                }
            }
            Demand demand = demands.get(i);
            List<MemoryDevice> devices = new ArrayList<>();
            for (int b : on) {
                devices.add(bins.get(b).withFree(Bytes.of(parts[b])));
            }
            devices.add(host);
            LlamaSettings settings =
                    Fitting.all(demand.model(), demand.settings()).toBuilder()
                            .split(SplitMode.LAYER)
                            .build();
            return estimate.plan(demand.model(), settings, devices);
        }

        private String why(Bins.Item item) {
            long least = item.least();
            boolean alone = item.single(capacity, bounded() ? host.free().count() : Bins.NEVER);
            if (alone) {
                return "needs " + Bytes.of(least).binary() + ", and the others leave less";
            }
            return least == Bins.NEVER
                    ? "has no room with all its layers on GPUs"
                    : "needs " + Bytes.of(least).binary() + ", more than any GPU has";
        }

        private int gap(Bins.Answer answer, int left, long[] weights) {
            if (answer.exact()) {
                return 0;
            }
            long lightest = Arrays.stream(weights).min().orElse(1);
            long more = (answer.bound() - answer.weight()) / Math.max(1, lightest);
            return (int) Math.min(left, Math.max(1, more));
        }

        private String how(Bins.Answer answer, int left, long[] weights) {
            if (answer.exact()) {
                return left == 0
                        ? "All stay together: optimal."
                        : "Optimal: no larger set has room, with no model split that fits one"
                                + " GPU.";
            }
            return "The best of "
                    + budget
                    + " tries; at most "
                    + gap(answer, left, weights)
                    + " more could have room.";
        }
    }
}
