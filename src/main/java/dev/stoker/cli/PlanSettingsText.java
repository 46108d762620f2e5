package dev.stoker.cli;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.vllm.VllmMemory;
import dev.stoker.plan.Engine;
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

    /** Returns those of several that shall run at the same time, each once. */
    static List<String> together(List<ModelPlan> plans, KeepAlive keepAlive) {
        List<String> lines = new ArrayList<>();
        List<ModelPlan> ollama = plans.stream().filter(p -> p.engine() == Engine.OLLAMA).toList();
        if (!ollama.isEmpty()) {
            List<OllamaText> texts =
                    ollama.stream().map(p -> ollama(p, keepAlive, ollama.size())).toList();
            OllamaText common = OllamaText.together(texts);
            lines.add("In " + OllamaText.DROP_IN + ":");
            common.dropIn().forEach(line -> lines.add("  " + line));
            for (int i = 0; i < texts.size(); i++) {
                OllamaText text = texts.get(i);
                if (!text.saidBy(common)) {
                    lines.add("and in a Modelfile, or as options of a request:");
                    text.modelfile(ollama.get(i).model().name())
                            .forEach(line -> lines.add("  " + line));
                }
            }
            common.notes().forEach(lines::add);
        }
        List<ModelPlan> others = plans.stream().filter(p -> p.engine() != Engine.OLLAMA).toList();
        if (!others.isEmpty()) {
            lines.add("Start them, each with a --port of its own:");
            others.forEach(plan -> lines.add("  " + command(plan)));
        }
        return lines;
    }

    private static OllamaText ollama(ModelPlan plan, KeepAlive keepAlive, int models) {
        return OllamaText.of(plan.settings(), plan.memory(), keepAlive, models);
    }

    /** Returns those of a model that runs alone, or of one of several. */
    static List<String> lines(ModelPlan plan, KeepAlive keepAlive, int models) {
        List<String> lines = new ArrayList<>();
        switch (plan.engine()) {
            case LLAMA_SERVER, VLLM -> {
                lines.add("Start it:");
                lines.add("  " + command(plan));
            }
            case OLLAMA -> {
                OllamaText text = ollama(plan, keepAlive, models);
                lines.add("In " + OllamaText.DROP_IN + ":");
                text.dropIn().forEach(line -> lines.add("  " + line));
                lines.add("or in a Modelfile, or as options of a request:");
                text.modelfile(plan.model().name()).forEach(line -> lines.add("  " + line));
                text.notes().forEach(lines::add);
            }
        }
        return lines;
    }

    private static String command(ModelPlan plan) {
        if (plan.vllm().isPresent()) {
            return vllm(plan, plan.vllm().get());
        }
        LlamaSettings exact = plan.settings().toBuilder().context(plan.memory().context()).build();
        return LlamaServerText.of(plan.model().origin(), exact, plan.memory()).command();
    }

    private static String vllm(ModelPlan plan, VllmMemory memory) {
        long gpus = plan.memory().devices().stream().filter(d -> !d.layers().isEmpty()).count();
        VllmText.Wanted wanted =
                new VllmText.Wanted(
                        plan.model().origin(),
                        memory.maxLength(),
                        (int) Math.clamp(memory.concurrency(), 1, 256),
                        0.92,
                        Math.max(1, (int) gpus),
                        false);
        return VllmText.of(wanted).command();
    }
}
