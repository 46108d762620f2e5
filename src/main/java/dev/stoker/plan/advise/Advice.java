package dev.stoker.plan.advise;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.plan.Fit;
import dev.stoker.plan.speed.SpeedEstimate;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which quantisation of a model to take on given devices.
 *
 * @param rows the quantisations, the best quality first
 * @param recommended one of them; empty where none can be run
 * @param reason why, one or two sentences
 * @param remarks what a reader may not expect, a sentence each
 */
public record Advice(
        List<Row> rows, Optional<Quant> recommended, String reason, List<String> remarks) {
    public Advice {
        rows = List.copyOf(rows);
        remarks = List.copyOf(remarks);
    }

    /**
     * One quantisation.
     *
     * @param own whether it is the one that the model is in
     * @param file bytes of its file
     * @param fit with the context that was asked for; without a GPU: whether the host has room
     * @param settings with which it fits that far
     * @param plan what those take
     * @param largestContext a slot, with all layers on GPUs
     * @param speed where it runs at all
     * @param perplexityRise of the measured model
     * @param divergence of the measured model
     */
    public record Row(
            Quant quant,
            boolean own,
            Reading<Bytes> file,
            Fit fit,
            LlamaSettings settings,
            MemoryPlan plan,
            OptionalLong largestContext,
            Optional<SpeedEstimate> speed,
            Reading<Double> perplexityRise,
            Reading<Double> divergence) {

        double decode() {
            return speed.map(s -> s.decode().expected()).orElse(0.0);
        }
    }
}
