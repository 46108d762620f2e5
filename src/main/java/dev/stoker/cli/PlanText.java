package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Decimal;
import dev.stoker.cli.Terminal.Colour;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.ItemKind;
import dev.stoker.memory.MemoryItem;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.memory.vllm.VllmMemory;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.plan.Engine;
import dev.stoker.plan.Fit;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.speed.Band;
import dev.stoker.plan.speed.SpeedEstimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plan for a person: what the model is, whether it fits, a picture of each device's memory with
 * its items, limits, speed. Made for one terminal; used by one thread.
 */
final class PlanText {
    private static final int WIDEST_BAR = 100;

    private final Terminal terminal;

    PlanText(Terminal terminal) {
        this.terminal = terminal;
    }

    List<String> lines(ModelPlan plan, String machine) {
        List<String> lines = new ArrayList<>();
        lines.addAll(paragraph(title(plan.model())));
        lines.addAll(paragraph(verdict(plan, machine)));
        for (DevicePlan device : plan.memory().devices()) {
            if (!device.items().isEmpty()) {
                lines.add("");
                lines.addAll(device(device, plan));
            }
        }
        lines.add("");
        limits(plan).forEach(line -> lines.addAll(paragraph(line)));
        plan.changes().forEach(line -> lines.addAll(paragraph(line)));
        plan.memory().remarks().forEach(line -> lines.addAll(paragraph(line)));
        plan.model().remarks().forEach(line -> lines.addAll(paragraph(line)));
        return lines;
    }

    /** Returns one of a set: what it is, its speed where the set leaves it its devices, remarks. */
    List<String> brief(ModelPlan plan, boolean asAlone) {
        List<String> lines = new ArrayList<>(paragraph(title(plan.model())));
        if (asAlone) {
            plan.speed().ifPresent(speed -> lines.addAll(paragraph(speed(speed))));
        }
        plan.changes().forEach(line -> lines.addAll(paragraph(line)));
        plan.memory().remarks().forEach(line -> lines.addAll(paragraph(line)));
        plan.model().remarks().forEach(line -> lines.addAll(paragraph(line)));
        return lines;
    }

    private List<String> paragraph(String text) {
        return Paragraph.lines("", text, "  ", terminal.columns());
    }

    String title(ModelDescription model) {
        List<String> words = new ArrayList<>();
        words.add(model.architecture().isEmpty() ? "unknown" : model.architecture());
        if (model.parameters().isKnown()) {
            words.add(count(model.parameters().value()) + " parameters");
        }
        if (model.quantization().isKnown()) {
            words.add(model.quantization().value());
        }
        if (model.fileSize().isKnown()) {
            words.add(model.fileSize().value().decimal());
        }
        if (model.shape().isKnown() && model.shape().value().contextLength() > 0) {
            words.add("trained for " + model.shape().value().contextLength() + " tokens");
        }
        return terminal.paint(Colour.STRONG, model.name()) + ": " + String.join(", ", words);
    }

    static String count(long number) {
        double value = number;
        if (value >= 1e9) {
            return Decimal.of(value / 1e9, value < 1e10 ? 2 : 1) + " billion";
        }
        return value >= 1e6
                ? Decimal.of(value / 1e6, value < 1e8 ? 1 : 0) + " million"
                : Long.toString(number);
    }

    private String verdict(ModelPlan plan, String machine) {
        String where = " with " + plan.engine().title() + " on " + machine;
        boolean gpus =
                plan.memory().devices().stream()
                        .anyMatch(d -> d.device().kind() != DeviceKind.HOST);
        String slots =
                plan.memory().context()
                        + " tokens of context"
                        + (plan.memory().slots() == 1
                                ? ""
                                : " in " + plan.memory().slots() + " slots");
        return switch (plan.fit()) {
            case FULL ->
                    terminal.paint(Colour.GOOD, "fits")
                            + where
                            + ": "
                            + (gpus
                                    ? "all "
                                            + plan.memory().allLayers()
                                            + " layers on "
                                            + (devices(plan) == 1
                                                    ? "the GPU"
                                                    : devices(plan) + " GPUs")
                                    : "on the processors")
                            + ", "
                            + slots;
            case PARTIAL ->
                    terminal.paint(Colour.WARNING, "fits in part")
                            + where
                            + ": "
                            + plan.memory().gpuLayers()
                            + " of "
                            + plan.memory().allLayers()
                            + " layers on GPUs, the rest on the host, "
                            + slots;
            case NO -> terminal.paint(Colour.BAD, "does not fit") + where + ": " + lacking(plan);
        };
    }

    private static long devices(ModelPlan plan) {
        return plan.memory().devices().stream()
                .filter(d -> d.device().kind() != DeviceKind.HOST && !d.layers().isEmpty())
                .count();
    }

    private static String lacking(ModelPlan plan) {
        for (DevicePlan device : plan.memory().devices()) {
            if (device.total().compareTo(device.device().free()) > 0) {
                return device.device().name()
                        + " has "
                        + device.device().free().binary()
                        + " free, and "
                        + device.total().binary()
                        + " are needed";
            }
        }
        return plan.changes().isEmpty() ? "there is not enough memory" : plan.changes().getFirst();
    }

    private List<String> device(DevicePlan device, ModelPlan plan) {
        List<String> lines = new ArrayList<>();
        Bytes total = device.total();
        String head =
                device.device().name()
                        + ": "
                        + total.binary()
                        + " of "
                        + device.device().free().binary()
                        + " free ("
                        + device.device().capacity().binary()
                        + " in all"
                        + (device.device().unified() ? ", the host's own" : "")
                        + ")"
                        + (device.device().kind() == DeviceKind.HOST || device.layers().isEmpty()
                                ? ""
                                : ", " + layers(device, plan));
        lines.addAll(paragraph(terminal.paint(Colour.STRONG, head)));
        lines.add(MemoryBar.of(device, terminal, Math.min(WIDEST_BAR, terminal.columns())));
        Table table =
                new Table()
                        .left("", 0)
                        .left("", 0)
                        .right("", 0)
                        .left("", 2)
                        .left("", 1)
                        .left("", 3);
        for (MemoryItem item : device.items()) {
            if (MemoryBar.shown(item)) {
                table.row(
                        "  " + MemoryBar.letter(item.kind()),
                        item.kind().word(),
                        item.bytes().binary(),
                        band(item),
                        item.kind() == ItemKind.MARGIN ? "" : item.provenance().word(),
                        item.because());
            }
        }
        List<String> rows = table.lines(terminal.columns());
        lines.addAll(rows.subList(1, rows.size()));
        return lines;
    }

    private static String layers(DevicePlan device, ModelPlan plan) {
        int first = device.layers().getFirst();
        int last = device.layers().getLast();
        boolean output = last == plan.memory().allLayers() - 1;
        return device.layers().size() == 1
                ? output ? "the output layer" : "layer " + first
                : "layers "
                        + first
                        + " to "
                        + (output ? last - 1 + " and the output layer" : String.valueOf(last));
    }

    private static String band(MemoryItem item) {
        if (item.low().equals(item.high()) || item.kind() == ItemKind.MARGIN) {
            return "";
        }
        return item.low().binary() + " to " + item.high().binary();
    }

    private List<String> limits(ModelPlan plan) {
        List<String> lines = new ArrayList<>();
        boolean gpus =
                plan.memory().devices().stream()
                        .anyMatch(d -> d.device().kind() != DeviceKind.HOST);
        if (plan.vllm().isPresent()) {
            lines.add(vllm(plan.vllm().get()));
        } else if (plan.maxContext().isPresent()) {
            boolean own = plan.settings().parallel().isPresent() && plan.memory().slots() > 1;
            long trained =
                    plan.model().shape().map(ModelShape::contextLength).orElse(0L)
                            * (own ? plan.memory().slots() : 1);
            lines.add(
                    "Largest context"
                            + (gpus
                                    ? " that stays on " + (devices(plan) > 1 ? "GPUs" : "the GPU")
                                    : "")
                            + ": "
                            + plan.maxContext().getAsLong()
                            + " tokens"
                            + (own ? " in all" : "")
                            + (trained > 0 && plan.maxContext().getAsLong() >= trained
                                    ? ", as trained"
                                    : "")
                            + "; most slots of "
                            + each(plan)
                            + " tokens each: "
                            + plan.maxSlots()
                            + ".");
        } else if (gpus) {
            lines.add("No context keeps all of it on GPUs.");
        }
        plan.ollama().ifPresent(belief -> lines.add(belief(belief)));
        plan.speed().ifPresent(speed -> lines.add(speed(speed)));
        return lines;
    }

    private static long each(ModelPlan plan) {
        boolean shared =
                plan.engine() == Engine.LLAMA_SERVER && plan.settings().parallel().isEmpty();
        return shared
                ? plan.memory().context()
                : Math.max(1, plan.memory().context() / Math.max(1, plan.memory().slots()));
    }

    private static String vllm(VllmMemory v) {
        return "The cache holds "
                + v.cacheTokens()
                + " tokens in "
                + v.blocks()
                + " blocks: "
                + Decimal.of(v.concurrency(), 2)
                + " requests of "
                + v.maxLength()
                + " tokens at once.";
    }

    private static String belief(OllamaBelief belief) {
        String what =
                "Ollama's scheduler will reckon with "
                        + OllamaBelief.inLog(belief.predicted())
                        + " at num_ctx "
                        + belief.context()
                        + ", batch "
                        + belief.batch();
        if (belief.devices().isEmpty()) {
            return what + ", on the processors.";
        }
        return what
                + ", of "
                + OllamaBelief.inLog(belief.available())
                + " free: "
                + (belief.evicts().isEmpty()
                        ? "it evicts nothing."
                        : "it evicts " + String.join(", ", belief.evicts()) + ".");
    }

    private static String speed(SpeedEstimate s) {
        Band decode = s.decode();
        String text =
                String.format(
                        Locale.ROOT,
                        "Speed: %s tok/s (%s to %s) at %d tokens of context",
                        rate(decode.expected()),
                        rate(decode.low()),
                        rate(decode.high()),
                        s.depth());
        if (s.prompt().isKnown()) {
            Band prompt = s.prompt().value();
            text +=
                    "; prompt "
                            + rate(prompt.expected())
                            + " tok/s ("
                            + rate(prompt.low())
                            + " to "
                            + rate(prompt.high())
                            + ")";
        }
        return text + "; " + s.provenance().word() + ": " + s.because() + ".";
    }

    private static String rate(double value) {
        return Decimal.of(value, value < 10 ? 2 : value < 100 ? 1 : 0);
    }

    /** Returns whether anything went wrong enough for another exit code. */
    static boolean bad(ModelPlan plan) {
        return plan.fit() == Fit.NO;
    }
}
