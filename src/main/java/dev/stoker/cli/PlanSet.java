package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.json.Json;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.plan.Engine;
import dev.stoker.plan.LlamaEstimate;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.device.Box;
import dev.stoker.plan.pack.Demand;
import dev.stoker.plan.pack.KnownModels;
import dev.stoker.plan.pack.Packer;
import dev.stoker.plan.pack.Packing;
import dev.stoker.plan.settings.KeepAlive;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Several models together: which stay, on which GPUs, what is left, what else has room, and what
 * Ollama would do when they are asked for one after the other. Made for one machine; used by one
 * thread.
 */
final class PlanSet {
    private static final int MORE = 4;

    /** A context that most chats get along with. */
    private static final long USEFUL_CONTEXT = 8192;

    private final List<ModelPlan> plans;
    private final Box box;
    private final Packing packing;
    private final List<Demand> order;
    private final List<List<Demand>> more;
    private final List<List<Demand>> pairs;

    PlanSet(List<ModelPlan> plans, Box box, Overheads overheads) {
        this.plans = List.copyOf(plans);
        this.box = box;
        Packer packer = new Packer(new LlamaEstimate(overheads));
        List<Demand> demands =
                plans.stream()
                        .map(p ->
                                new Demand(
                                        p.model(),
                                        p.settings().toBuilder()
                                                .context(p.memory().context())
                                                .build()))
                        .toList();
        packing = packer.pack(demands, box.memories());
        List<Demand> staying = packing.placed().stream().map(Packing.Placed::demand).toList();
        order = packer.order(staying, box.memories());
        List<Demand> known =
                KnownModels.all().stream()
                        .map(m -> new Demand(m, plans.getFirst().settings()))
                        .toList();
        more = packer.more(demands, known, 1, MORE, box.memories());
        pairs = packer.more(demands, known, 2, MORE, box.memories());
    }

    KeepAlive keepAlive() {
        return KeepAlive.of(packing);
    }

    /** Returns whether a model has the same devices in the set as on its own. */
    boolean asAlone(ModelPlan plan) {
        List<String> alone =
                plan.memory().devices().stream()
                        .filter(d -> d.device().kind() != DeviceKind.HOST && !d.layers().isEmpty())
                        .map(d -> d.device().name())
                        .toList();
        return packing.placed().stream()
                .filter(p -> p.demand().name().equals(plan.model().name()))
                .anyMatch(p -> on(p).equals(alone));
    }

    private List<String> on(Packing.Placed placed) {
        return placed.devices().stream()
                .map(i -> packing.devices().get(i).device().name())
                .toList();
    }

    boolean all() {
        return packing.all();
    }

    List<String> lines(Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.addAll(
                paragraph(
                        terminal,
                        packing.all()
                                ? terminal.paint(
                                                Colour.GOOD,
                                                "all " + plans.size() + " stay together")
                                        + " on "
                                        + box.title()
                                : terminal.paint(
                                                Colour.WARNING,
                                                packing.placed().size()
                                                        + " of "
                                                        + plans.size()
                                                        + " stay together")
                                        + " on "
                                        + box.title()));
        lines.add("");
        Table table =
                new Table()
                        .left("model", 0)
                        .right("takes", 0)
                        .right("with margin", 2)
                        .right("context", 1)
                        .left("on", 0);
        for (Packing.Placed placed : packing.placed()) {
            table.row(
                    placed.demand().name(),
                    sum(placed.demand().name(), false).binary(),
                    sum(placed.demand().name(), true).binary(),
                    Long.toString(placed.plan().context()),
                    String.join(" + ", on(placed)));
        }
        for (Packing.Left left : packing.left()) {
            table.row(left.demand().name(), "", "", "", terminal.paint(Colour.BAD, "no room"));
        }
        lines.addAll(table.lines(terminal.columns()));
        lines.add("");
        for (Packing.Load load : packing.devices()) {
            lines.addAll(
                    paragraph(
                            terminal,
                            load.device().name()
                                    + ": "
                                    + load.room().binary()
                                    + " left of "
                                    + load.device().free().binary()));
        }
        for (Packing.Left left : packing.left()) {
            lines.addAll(
                    paragraph(
                            terminal, left.demand().name() + " stays out: " + left.reason() + "."));
        }
        lines.addAll(paragraph(terminal, packing.how()));
        long longest = plans.stream().mapToLong(p -> p.memory().context()).max().orElse(0);
        if (!packing.all() && longest > USEFUL_CONTEXT) {
            lines.addAll(
                    paragraph(
                            terminal,
                            "The caches of up to "
                                    + longest
                                    + " tokens take much of it: with less, such as --ctx "
                                    + USEFUL_CONTEXT
                                    + ", more may stay."));
        }
        if (!more.isEmpty()) {
            lines.addAll(paragraph(terminal, "One more has room, such as " + names(more) + "."));
        }
        if (!pairs.isEmpty()) {
            lines.addAll(paragraph(terminal, "Two more have room, such as " + names(pairs) + "."));
        }
        lines.addAll(
                paragraph(
                        terminal,
                        "Load them in this order: "
                                + order.stream().map(Demand::name).collect(Collectors.joining(", "))
                                + "."));
        if (plans.stream().anyMatch(p -> p.engine() == Engine.OLLAMA)) {
            KeepAlive keep = keepAlive();
            lines.addAll(
                    paragraph(
                            terminal,
                            "OLLAMA_KEEP_ALIVE=" + keep.environment() + ": " + keep.reason()));
        }
        evictions().forEach(line -> lines.addAll(paragraph(terminal, line)));
        return lines;
    }

    private static String names(List<List<Demand>> sets) {
        return sets.stream()
                .map(set -> set.stream().map(Demand::name).collect(Collectors.joining(" and ")))
                .collect(Collectors.joining("; "));
    }

    private static List<String> paragraph(Terminal terminal, String text) {
        return Paragraph.lines("", text, "  ", terminal.columns());
    }

    private Bytes sum(String model, boolean margin) {
        Bytes sum = Bytes.ZERO;
        for (Packing.Load load : packing.devices()) {
            for (Packing.Share share : load.shares()) {
                if (share.model().equals(model)) {
                    sum = sum.plus(margin ? share.wanted() : share.bytes());
                }
            }
        }
        return sum;
    }

    /** What Ollama does when the models are asked for in turn, first to last. */
    private List<String> evictions() {
        List<String> lines = new ArrayList<>();
        Map<String, List<String>> all = walk(0);
        boolean byCount = !all.isEmpty() && walk(plans.size()).isEmpty();
        all.forEach((newcomer, victims) -> {
            String whom = String.join(", ", victims) + " for " + newcomer;
            lines.add(
                    byCount
                            ? "Asked in this order, Ollama with its default of three models a GPU"
                                    + " would evict "
                                    + whom
                                    + "; OLLAMA_MAX_LOADED_MODELS="
                                    + plans.size()
                                    + " keeps them."
                            : "Asked in this order, Ollama will evict " + whom + ".");
        });
        return lines;
    }

    /**
     * @param mostModels {@code OLLAMA_MAX_LOADED_MODELS}; 0: its default
     */
    private Map<String, List<String>> walk(int mostModels) {
        Map<String, List<String>> evicted = new java.util.LinkedHashMap<>();
        List<OllamaBelief.Loaded> loaded = new ArrayList<>();
        var devices = new ArrayList<>(box.memories());
        for (ModelPlan plan : plans) {
            if (plan.engine() != Engine.OLLAMA || plan.ollama().isEmpty()) {
                return Map.of();
            }
            OllamaBelief.Request request =
                    new OllamaBelief.Request(
                            OptionalLong.of(plan.ollama().get().context()),
                            OptionalInt.empty(),
                            plan.settings().gpuLayers(),
                            plan.ollama().get().parallel(),
                            plan.settings().keys(),
                            plan.settings().flashAttention(),
                            mostModels,
                            false);
            OllamaBelief belief =
                    OllamaBelief.of(
                            plan.model(), plan.model().shape().value(), request, devices, loaded);
            if (!belief.evicts().isEmpty()) {
                evicted.put(plan.model().name(), belief.evicts());
            }
            for (OllamaBelief.Loaded gone : List.copyOf(loaded)) {
                if (belief.evicts().contains(gone.name())) {
                    loaded.remove(gone);
                    change(devices, gone.memory(), 1);
                }
            }
            Map<String, Bytes> taken = new HashMap<>();
            String first = belief.devices().isEmpty() ? "" : belief.devices().getFirst().name();
            if (!first.isEmpty()) {
                taken.put(first, plan.memory().devices().getFirst().total());
            }
            change(devices, taken, -1);
            loaded.add(
                    new OllamaBelief.Loaded(
                            plan.model().name(),
                            taken,
                            java.time.Duration.ofMinutes(5),
                            false,
                            ""));
        }
        return evicted;
    }

    private static void change(
            List<dev.stoker.memory.MemoryDevice> devices, Map<String, Bytes> by, int sign) {
        for (int i = 0; i < devices.size(); i++) {
            var device = devices.get(i);
            Bytes bytes = by.getOrDefault(device.name(), Bytes.ZERO);
            long free = device.free().count() + sign * bytes.count();
            devices.set(
                    i, device.withFree(Bytes.of(Math.clamp(free, 0, device.capacity().count()))));
        }
    }

    ObjectNode json() {
        ObjectNode o = Json.object();
        o.put("all", packing.all());
        o.put("optimal", packing.optimal());
        o.put("gap", packing.gap());
        o.put("how", packing.how());
        ArrayNode placed = Json.array();
        for (Packing.Placed p : packing.placed()) {
            ObjectNode n = Json.object();
            n.put("model", p.demand().name());
            n.put("bytes", sum(p.demand().name(), false).count());
            n.put("wanted_bytes", sum(p.demand().name(), true).count());
            ArrayNode on = Json.array();
            on(p).forEach(on::add);
            n.set("devices", on);
            placed.add(n);
        }
        o.set("placed", placed);
        ArrayNode left = Json.array();
        for (Packing.Left l : packing.left()) {
            left.add(Json.object().put("model", l.demand().name()).put("reason", l.reason()));
        }
        o.set("left", left);
        ArrayNode devices = Json.array();
        for (Packing.Load load : packing.devices()) {
            devices.add(
                    Json.object()
                            .put("name", load.device().name())
                            .put("capacity_bytes", load.device().capacity().count())
                            .put("room_bytes", load.room().count()));
        }
        o.set("devices", devices);
        o.set("order", PlanJson.texts(order.stream().map(Demand::name).toList()));
        o.set("one_more", sets(more));
        o.set("two_more", sets(pairs));
        ObjectNode evicts = Json.object();
        walk(0).forEach((model, victims) -> evicts.set(model, PlanJson.texts(victims)));
        o.set("would_evict", evicts);
        return o;
    }

    private static ArrayNode sets(List<List<Demand>> sets) {
        ArrayNode all = Json.array();
        sets.forEach(set -> all.add(PlanJson.texts(set.stream().map(Demand::name).toList())));
        return all;
    }
}
