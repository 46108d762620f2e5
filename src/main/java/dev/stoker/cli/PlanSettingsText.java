package dev.stoker.cli;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.vllm.VllmMemory;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.settings.KeepAlive;
import dev.stoker.plan.settings.LlamaServerText;
import dev.stoker.plan.settings.OllamaText;
import dev.stoker.plan.settings.VllmText;

import java.util.ArrayList;
import java.util.List;

/** What a user writes to get what was planned: a command, or a drop-in and options. */
final class PlanSettingsText {
    private PlanSettingsText() {}

    /**
     * @param models how many are planned together
     */
    static List<String> lines(ModelPlan plan, int models) {
        List<String> lines = new ArrayList<>();
        switch (plan.engine()) {
            case LLAMA_SERVER -> {
                LlamaSettings exact =
                        plan.settings().toBuilder().context(plan.memory().context()).build();
                lines.add("Start it:");
                lines.add(
                        "  "
                                + LlamaServerText.of(plan.model().origin(), exact, plan.memory())
                                        .command());
            }
            case OLLAMA -> {
                OllamaText text =
                        OllamaText.of(plan.settings(), plan.memory(), KeepAlive.USUAL, models);
                lines.add("In " + OllamaText.DROP_IN + ":");
                text.dropIn().forEach(line -> lines.add("  " + line));
                lines.add("or in a Modelfile, or as options of a request:");
                text.modelfile(plan.model().name()).forEach(line -> lines.add("  " + line));
                text.notes().forEach(lines::add);
            }
            case VLLM -> {
                VllmMemory v = plan.vllm().orElseThrow();
                int gpus =
                        (int)
                                plan.memory().devices().stream()
                                        .filter(d -> !d.layers().isEmpty())
                                        .count();
                lines.add("Start it:");
                lines.add(
                        "  "
                                + VllmText.of(
                                                new VllmText.Wanted(
                                                        plan.model().origin(),
                                                        v.maxLength(),
                                                        (int)
                                                                Math.max(
                                                                        1,
                                                                        Math.min(
                                                                                v.concurrency(),
                                                                                256)),
                                                        0.92,
                                                        Math.max(1, gpus),
                                                        false))
                                        .command());
            }
        }
        return lines;
    }
}
