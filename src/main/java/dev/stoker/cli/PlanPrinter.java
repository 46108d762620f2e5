package dev.stoker.cli;

import dev.stoker.json.Json;
import dev.stoker.plan.Fit;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.exact.LlamaBinary;
import dev.stoker.plan.settings.KeepAlive;
import dev.stoker.plan.speed.Cost;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Plans as a person or a program reads them, with the parts that were asked for.
 *
 * @param machine for which is planned, for people
 * @param exact the llama-server that is asked for its own answer; empty: none is
 */
record PlanPrinter(String machine, PlanCost cost, Optional<LlamaBinary> exact) {

    /** Returns lines for a person. */
    List<String> lines(List<ModelPlan> plans, Optional<PlanSet> set, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        PlanText text = new PlanText(terminal);
        if (set.isPresent()) {
            lines.addAll(set.get().lines(terminal));
            for (ModelPlan plan : plans) {
                lines.add("");
                lines.addAll(text.brief(plan, set.get().asAlone(plan)));
                lines.addAll(more(plan, terminal));
            }
            lines.add("");
            lines.addAll(PlanSettingsText.together(plans, set.get().keepAlive()));
            lines.addAll(
                    Paragraph.lines(
                            "",
                            "Plan one of them alone to see its memory item by item.",
                            "  ",
                            terminal.columns()));
            return lines;
        }
        for (ModelPlan plan : plans) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(text.lines(plan, machine));
            lines.addAll(more(plan, terminal));
            if (plan.fit() != Fit.NO) {
                lines.add("");
                lines.addAll(PlanSettingsText.lines(plan, KeepAlive.USUAL, plans.size()));
            }
        }
        return lines;
    }

    /** What was asked for beside the plan. */
    private List<String> more(ModelPlan plan, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        exact.ifPresent(program -> lines.addAll(PlanExact.of(plan, program).lines(terminal)));
        cost.of(plan)
                .ifPresent(c ->
                        lines.addAll(Paragraph.lines("", cost.shown(c), "  ", terminal.columns())));
        return lines;
    }

    /** Returns one plan, or several with what they are together. */
    ObjectNode json(List<ModelPlan> plans, Optional<PlanSet> set) {
        if (plans.size() == 1) {
            return PlanJson.titled(PlanJson.PLAN, json(plans.getFirst(), KeepAlive.USUAL, 1));
        }
        ObjectNode root = Json.object();
        ArrayNode list = root.putArray("plans");
        KeepAlive keep = set.map(PlanSet::keepAlive).orElse(KeepAlive.USUAL);
        plans.forEach(plan -> list.add(json(plan, keep, plans.size())));
        set.ifPresent(s -> root.set("set", s.json()));
        return PlanJson.titled(PlanJson.SET, root);
    }

    private ObjectNode json(ModelPlan plan, KeepAlive keepAlive, int of) {
        ObjectNode one = PlanJson.of(plan, machine);
        cost.of(plan).ifPresent(c -> one.set("cost", json(c)));
        exact.ifPresent(program -> one.set("exact", PlanExact.of(plan, program).json()));
        one.set("start", PlanJson.texts(PlanSettingsText.lines(plan, keepAlive, of)));
        return one;
    }

    private static ObjectNode json(Cost cost) {
        return Json.object()
                .put("per_month", cost.perMonth())
                .put("per_million_tokens", cost.perMillionTokens().expected())
                .put("low", cost.perMillionTokens().low())
                .put("high", cost.perMillionTokens().high())
                .put("because", cost.because());
    }
}
