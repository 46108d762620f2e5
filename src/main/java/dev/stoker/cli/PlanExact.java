package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.json.Json;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.exact.LlamaBinary;
import dev.stoker.plan.settings.LlamaServerText;

import tools.jackson.databind.node.ArrayNode;

import java.util.ArrayList;
import java.util.List;

/** What a real llama-server says it would allocate, beside what was planned. */
final class PlanExact {
    /** Whole MiB are told. */
    private static final double NEAR_MIB = 2;

    private static final double NEAR_SHARE = 0.02;

    private final ModelPlan plan;
    private final List<LlamaBinary.Told> told;

    private PlanExact(ModelPlan plan, List<LlamaBinary.Told> told) {
        this.plan = plan;
        this.told = told;
    }

    static PlanExact of(ModelPlan plan, LlamaBinary binary) {
        LlamaSettings settings =
                plan.settings().toBuilder().context(plan.memory().context()).build();
        return new PlanExact(
                plan,
                binary.ask(
                        LlamaServerText.of(plan.model().origin(), settings, plan.memory())
                                .arguments()));
    }

    private record Row(String device, String part, Bytes planned, Bytes told) {
        boolean agrees() {
            double off = Math.abs(planned.toMib() - told.toMib());
            return off <= Math.max(NEAR_MIB, NEAR_SHARE * told.toMib());
        }
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (DevicePlan device : plan.memory().devices()) {
            if (device.device().kind() == DeviceKind.HOST) {
                continue;
            }
            for (LlamaBinary.Told t : told) {
                if (!device.device().name().equals(t.device()) && gpus() > 1) {
                    continue;
                }
                if (t.device().equals("Host")) {
                    continue;
                }
                rows.add(new Row(t.device(), "weights", device.of(ItemKind.WEIGHTS), t.model()));
                rows.add(
                        new Row(
                                t.device(),
                                "cache",
                                device.of(ItemKind.KV).plus(device.of(ItemKind.RECURRENT)),
                                t.context()));
                rows.add(new Row(t.device(), "compute", device.of(ItemKind.COMPUTE), t.compute()));
                break;
            }
        }
        return rows;
    }

    private long gpus() {
        return plan.memory().devices().stream()
                .filter(d -> d.device().kind() != DeviceKind.HOST)
                .count();
    }

    List<String> lines(Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        Table table =
                new Table()
                        .left("llama-server itself", 0)
                        .left("", 0)
                        .right("says", 0)
                        .right("planned", 0)
                        .left("", 0);
        boolean agree = true;
        for (Row row : rows()) {
            agree &= row.agrees();
            table.row(
                    row.device(),
                    row.part(),
                    row.told().binary(),
                    row.planned().binary(),
                    row.agrees() ? "" : terminal.paint(Colour.WARNING, "differs"));
        }
        lines.addAll(table.lines(terminal.columns()));
        lines.add(agree ? "They agree." : "They differ: trust llama-server, and tell us.");
        return lines;
    }

    ArrayNode json() {
        ArrayNode all = Json.array();
        for (Row row : rows()) {
            all.add(
                    Json.object()
                            .put("device", row.device())
                            .put("part", row.part())
                            .put("told_bytes", row.told().count())
                            .put("planned_bytes", row.planned().count())
                            .put("agrees", row.agrees()));
        }
        return all;
    }
}
