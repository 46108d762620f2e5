package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.json.Json;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Sidecar;
import dev.stoker.model.WeightGroups;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model is, for {@code plan --show}: for people and as JSON. */
final class PlanShow {
    private final Terminal terminal;

    PlanShow(Terminal terminal) {
        this.terminal = terminal;
    }

    List<String> lines(ModelDescription model) {
        List<String> lines = new ArrayList<>();
        lines.addAll(
                Paragraph.lines("", new PlanText(terminal).title(model), "  ", terminal.columns()));
        lines.addAll(Paragraph.lines("", "From " + model.origin(), "  ", terminal.columns()));
        if (model.shape().isKnown()) {
            lines.add("");
            lines.addAll(shape(model.shape().value()));
        } else {
            lines.addAll(
                    Paragraph.lines(
                            "",
                            "Shape: not known: " + model.shape().reason(),
                            "  ",
                            terminal.columns()));
        }
        List<WeightGroups.Group> groups = WeightGroups.of(model);
        if (!groups.isEmpty()) {
            lines.add("");
            lines.addAll(groups(groups));
        }
        for (Sidecar sidecar : model.sidecars()) {
            lines.addAll(
                    Paragraph.lines(
                            "",
                            sidecar.kind().name().toLowerCase(java.util.Locale.ROOT)
                                    + ": "
                                    + sidecar.bytes().decimal()
                                    + (sidecar.architecture().isEmpty()
                                            ? ""
                                            : ", " + sidecar.architecture())
                                    + ", "
                                    + sidecar.origin(),
                            "  ",
                            terminal.columns()));
        }
        if (!model.defaults().isEmpty()) {
            lines.addAll(
                    Paragraph.lines(
                            "",
                            "Settings that it brings: "
                                    + model.defaults().entrySet().stream()
                                            .map(e -> e.getKey() + " " + e.getValue())
                                            .collect(Collectors.joining(", ")),
                            "  ",
                            terminal.columns()));
        }
        model.remarks()
                .forEach(r -> lines.addAll(Paragraph.lines("", r, "  ", terminal.columns())));
        return lines;
    }

    private List<String> shape(ModelShape shape) {
        Table table = new Table().left("", 0).left("", 0);
        facts(shape).forEach((name, value) -> table.row(name, value));
        List<String> rows = table.lines(terminal.columns());
        return rows.subList(1, rows.size());
    }

    private static Map<String, String> facts(ModelShape shape) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "layers",
                shape.mainBlocks()
                        + (shape.predictionBlocks() > 0
                                ? " and " + shape.predictionBlocks() + " for multi-token prediction"
                                : ""));
        facts.put("trained context", shape.contextLength() + " tokens");
        facts.put("embedding", Long.toString(shape.embedding()));
        facts.put("vocabulary", shape.vocabulary() + " tokens");
        facts.put("heads", distinct(shape, l -> Integer.toString(l.heads())));
        facts.put("key-value heads", distinct(shape, l -> Integer.toString(l.kvHeads())));
        facts.put(
                "key and value length",
                distinct(shape, l -> l.keyLength() + " and " + l.valueLength()));
        facts.put("feed-forward", distinct(shape, l -> Long.toString(l.feedForward())));
        if (shape.experts().any()) {
            facts.put(
                    "experts",
                    shape.experts().count()
                            + ", of which a token uses "
                            + shape.experts().used()
                            + ", each "
                            + shape.experts().feedForward()
                            + " wide"
                            + (shape.experts().sharedFeedForward() > 0
                                    ? "; shared " + shape.experts().sharedFeedForward()
                                    : ""));
        }
        long windows = shape.layers().stream().filter(LayerShape::window).count();
        if (windows > 0) {
            facts.put(
                    "sliding window", shape.slidingWindow() + " tokens in " + windows + " layers");
        }
        if (shape.latent()) {
            facts.put("attention", "latent (MLA): one compressed key a token");
        }
        long own = shape.layers().stream().filter(LayerShape::ownCache).count();
        if (own != shape.blocks()) {
            facts.put("layers with a cache", Long.toString(own));
        }
        long states = shape.layers().stream().filter(l -> l.stateBytes() > 0).count();
        if (states > 0) {
            facts.put(
                    "layers with a state",
                    states
                            + ", "
                            + Bytes.of(
                                            shape.layers().stream()
                                                    .mapToLong(LayerShape::stateBytes)
                                                    .sum())
                                    .binary()
                            + " a slot");
        }
        facts.put(
                "cache a token",
                Bytes.of(
                                        shape.layers().stream()
                                                .mapToLong(l -> 2 * (l.keyWidth() + l.valueWidth()))
                                                .sum())
                                .binary()
                        + " at 16 bits");
        return facts;
    }

    private static String distinct(
            ModelShape shape, java.util.function.Function<LayerShape, String> part) {
        Map<String, Long> counts =
                shape.layers().stream()
                        .collect(
                                Collectors.groupingBy(
                                        part, LinkedHashMap::new, Collectors.counting()));
        return counts.size() == 1
                ? counts.keySet().iterator().next()
                : counts.entrySet().stream()
                                .limit(4)
                                .map(e -> e.getKey() + " (" + e.getValue() + " layers)")
                                .collect(Collectors.joining(", "))
                        + (counts.size() > 4 ? " …" : "");
    }

    private List<String> groups(List<WeightGroups.Group> groups) {
        Table table =
                new Table()
                        .left("tensors", 0)
                        .right("number", 1)
                        .right("parameters", 2)
                        .right("bytes", 0)
                        .left("types", 0);
        for (WeightGroups.Group group : groups) {
            table.row(
                    group.role().word(),
                    Integer.toString(group.tensors()),
                    PlanText.count(group.parameters()),
                    group.bytes().binary(),
                    types(group));
        }
        return table.lines(terminal.columns());
    }

    private static String types(WeightGroups.Group group) {
        return group.types().entrySet().stream()
                .sorted(Map.Entry.<String, Bytes>comparingByValue().reversed())
                .limit(4)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    static ObjectNode json(ModelDescription model) {
        ObjectNode o = PlanJson.model(model);
        ArrayNode groups = Json.array();
        for (WeightGroups.Group group : WeightGroups.of(model)) {
            ObjectNode g = Json.object();
            g.put("role", group.role().word());
            g.put("tensors", group.tensors());
            g.put("parameters", group.parameters());
            g.put("bytes", group.bytes().count());
            ObjectNode types = Json.object();
            group.types().forEach((type, bytes) -> types.put(type, bytes.count()));
            g.set("types", types);
            groups.add(g);
        }
        o.set("tensors", groups);
        ObjectNode root = Json.object();
        root.set("model", o);
        return root;
    }
}
