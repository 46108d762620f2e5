package dev.stoker.plan.advise;

import dev.stoker.base.Decimal;
import dev.stoker.base.Reading;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.Fit;
import dev.stoker.plan.Fitting;
import dev.stoker.plan.Fitting.Found;
import dev.stoker.plan.advise.Advice.Row;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.speed.Calibration;
import dev.stoker.plan.speed.SpeedModel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Advises a quantisation of one model. Made once a model, asked for many machines. Pure and
 * thread-safe.
 */
public final class Advisor {
    /** A divergence this much higher is not felt; then the faster one is better. */
    private static final double SAME_QUALITY = 0.006;

    /** What counts as faster. */
    private static final double FASTER = 1.15;

    /** Beyond this a smaller model at more bits is usually the better choice. */
    private static final double LOSSY = 0.15;

    private record Variant(ModelDescription model, SpeedModel speed) {}

    private final ModelDescription model;
    private final boolean exact;
    private final Map<Quant, Variant> variants = new LinkedHashMap<>();
    private final Fitting fitting;

    /**
     * @param quants which to look at; the model's own is added
     * @throws dev.stoker.base.UserError where the model's shape is unknown, or it is no GGUF
     */
    public Advisor(ModelDescription model, List<Quant> quants, Fitting fitting) {
        this.model = model;
        this.fitting = fitting;
        Requantized other = Requantized.of(model);
        exact = other.exact();
        List<Quant> all = new ArrayList<>(quants);
        own().filter(q -> !all.contains(q)).ifPresent(all::add);
        all.sort(Comparator.comparingDouble(Advisor::loss));
        for (Quant quant : all) {
            ModelDescription as = other.as(quant);
            if (!exact && !as.fileSize().isKnown()) {
                continue;
            }
            variants.put(quant, new Variant(as, SpeedModel.of(as)));
        }
    }

    private Optional<Quant> own() {
        return model.quantization().isKnown()
                ? Quant.named(model.quantization().value())
                : Optional.empty();
    }

    private static double loss(Quant quant) {
        return quant.divergence().orElse(Double.MAX_VALUE);
    }

    /**
     * Returns the advice for one machine.
     *
     * @param devices GPUs, then the host
     * @param settings with the context that is wanted, all slots together; without one, what the
     *     server would take up to 8192 tokens
     * @param least tokens a second below which an answer is too slow
     */
    public Advice advise(
            List<ComputeDevice> devices,
            LlamaSettings settings,
            double least,
            Calibration calibration) {
        LlamaSettings asked = withContext(settings);
        List<MemoryDevice> memories = devices.stream().map(ComputeDevice::memory).toList();
        List<Row> rows = new ArrayList<>();
        variants.forEach((quant, variant) ->
                rows.add(row(quant, variant, devices, memories, asked, calibration)));
        return new Choice(rows, least, asked.context().orElse(0)).advice(remarks());
    }

    private LlamaSettings withContext(LlamaSettings settings) {
        if (settings.context().isPresent() && settings.context().getAsLong() > 0) {
            return settings;
        }
        long trained = model.shape().value().contextLength();
        int slots = Math.max(1, settings.parallel().orElse(1));
        long each = Math.min(8192, Math.max(256, trained));
        return settings.toBuilder().context(each * slots).build();
    }

    private Row row(
            Quant quant,
            Variant variant,
            List<ComputeDevice> devices,
            List<MemoryDevice> memories,
            LlamaSettings settings,
            Calibration calibration) {
        Optional<Found> found = fitting.most(variant.model, settings, memories);
        boolean gpus = devices.size() > 1;
        Fit fit = found.map(f -> fit(f, gpus)).orElse(Fit.NO);
        LlamaSettings used = found.map(Found::settings).orElse(settings);
        MemoryPlan plan =
                found.map(Found::plan)
                        .orElseGet(() -> fitting.full(variant.model, settings, memories));
        long depth = settings.context().orElse(0) / Math.max(1, settings.parallel().orElse(1)) / 4;
        return new Row(
                quant,
                own().equals(Optional.of(quant)),
                variant.model.fileSize(),
                fit,
                used,
                plan,
                fitting.largestContext(variant.model, settings, memories),
                found.map(f ->
                        variant.speed.estimate(
                                f.settings(), f.plan(), devices, depth, calibration)),
                quant.perplexityRise(),
                quant.divergence());
    }

    private static Fit fit(Found found, boolean gpus) {
        boolean all = found.plan().gpuLayers() >= found.plan().allLayers();
        boolean experts = found.settings().cpuExpertLayers() > 0;
        return !gpus || (all && !experts) ? Fit.FULL : Fit.PARTIAL;
    }

    private List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        remarks.add(
                "The loss is that of another model ("
                        + Quant.SOURCE
                        + "): it tells the order, not the amount.");
        if (!exact) {
            remarks.add(
                    "The source does not tell the tensors: sizes follow from the average bits of"
                            + " Llama-3.1-8B.");
        }
        if (model.quantization().orElse("").startsWith("MXFP4")) {
            remarks.add(
                    "This model was trained for its own 4 bits: any other quantisation of it is"
                            + " larger or worse.");
        }
        return remarks;
    }

    /** Picks one. */
    private record Choice(List<Row> rows, double least, long context) {

        Advice advice(List<String> remarks) {
            List<Row> full = rows.stream().filter(r -> r.fit() == Fit.FULL).toList();
            List<Row> fast = full.stream().filter(r -> r.decode() >= least).toList();
            List<Row> known =
                    (fast.isEmpty() ? full : fast)
                            .stream().filter(r -> r.divergence().isKnown()).toList();
            if (!known.isEmpty()) {
                return fast.isEmpty() ? slow(known, remarks) : best(known, remarks);
            }
            if (!full.isEmpty()) {
                Row first = full.getFirst();
                return new Advice(
                        rows,
                        Optional.of(first.quant()),
                        first.quant() + " fits; what it loses was not measured.",
                        remarks);
            }
            return partial(remarks);
        }

        private Advice best(List<Row> fit, List<String> remarks) {
            Row best = fit.getFirst();
            Row pick = best;
            for (Row row : fit) {
                boolean same = loss(row) <= loss(best) + SAME_QUALITY;
                boolean faster = row.decode() >= pick.decode() * FASTER;
                if (same && faster) {
                    pick = row;
                }
            }
            StringBuilder why = new StringBuilder();
            why.append(pick.quant()).append(" is the ");
            why.append(
                    pick.quant() == best.quant()
                            ? "best that stays on the GPU with "
                            : "fastest of those that lose next to nothing and stay on the GPU"
                                    + " with ");
            why.append(context).append(" tokens of context");
            why.append(", at about ").append(Math.round(pick.decode())).append(" tok/s");
            pick.largestContext()
                    .ifPresent(c -> why.append("; up to ").append(c).append(" would fit"));
            why.append('.');
            rows.stream()
                    .filter(r -> r.fit() != Fit.FULL && loss(r) < loss(best))
                    .reduce((a, b) -> b)
                    .ifPresent(r -> why.append(" ").append(r.quant()).append(" does not fit."));
            if (loss(pick) > LOSSY) {
                why.append(
                        " It loses much: a smaller model at 4 bits or more is likely the better"
                                + " choice.");
            }
            return new Advice(rows, Optional.of(pick.quant()), why.toString(), remarks);
        }

        private Advice slow(List<Row> fit, List<String> remarks) {
            Row fastest =
                    fit.stream()
                            .filter(r -> loss(r) <= Quant.Q4_K_S.divergence().value())
                            .max(Comparator.comparingDouble(Row::decode))
                            .orElse(fit.getFirst());
            return new Advice(
                    rows,
                    Optional.of(fastest.quant()),
                    "No quantisation reaches "
                            + Decimal.of(least, 0)
                            + " tok/s here; "
                            + fastest.quant()
                            + " is the fastest that loses little, at about "
                            + Decimal.of(fastest.decode(), 1)
                            + ".",
                    remarks);
        }

        private Advice partial(List<String> remarks) {
            List<Row> some = rows.stream().filter(r -> r.fit() == Fit.PARTIAL).toList();
            if (some.isEmpty()) {
                return new Advice(
                        rows,
                        Optional.empty(),
                        "No quantisation has room with "
                                + context
                                + " tokens of context, not even with layers on the host.",
                        remarks);
            }
            Row pick =
                    some.stream()
                            .filter(r -> loss(r) <= Quant.Q4_K_S.divergence().value())
                            .max(Comparator.comparingDouble(Row::decode))
                            .orElseGet(some::getLast);
            return new Advice(
                    rows,
                    Optional.of(pick.quant()),
                    "None stays on the GPU with "
                            + context
                            + " tokens of context. "
                            + pick.quant()
                            + " is the fastest that loses little, at about "
                            + Decimal.of(pick.decode(), 1)
                            + " tok/s, with "
                            + pick.plan().gpuLayers()
                            + " of "
                            + pick.plan().allLayers()
                            + " layers on the GPU"
                            + (pick.settings().cpuExpertLayers() > 0
                                    ? " and the experts of "
                                            + pick.settings().cpuExpertLayers()
                                            + " layers on the host"
                                    : "")
                            + ".",
                    remarks);
        }

        private static double loss(Row row) {
            Reading<Double> divergence = row.divergence();
            return divergence.orElse(Double.MAX_VALUE);
        }
    }
}
