package dev.stoker.plan.advise;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model as it would be in other quantisations: the same tensors, each in the type that
 * llama-quantize would give it. Made once a model. Pure and thread-safe.
 */
public final class Requantized {
    private final ModelDescription model;
    private final Optional<QuantMix> mix;

    private Requantized(ModelDescription model, Optional<QuantMix> mix) {
        this.model = model;
        this.mix = mix;
    }

    /**
     * @throws UserError where the model's shape is unknown, or it is no GGUF
     */
    public static Requantized of(ModelDescription model) {
        if (model.format() != ModelFormat.GGUF) {
            throw UserError.wrongUse(
                    "Quantisations can be advised for GGUF models, but "
                            + model.name()
                            + " is of another format.",
                    "Name a GGUF file of the same model.");
        }
        if (!model.shape().isKnown()) {
            throw UserError.wrongUse(
                    "Which quantisation of "
                            + model.name()
                            + " suits can't be worked out: "
                            + model.shape().reason()
                            + ".",
                    "Name the model's file.");
        }
        ModelShape shape = model.shape().value();
        return new Requantized(
                model,
                model.tensors().isEmpty()
                        ? Optional.empty()
                        : Optional.of(QuantMix.of(model, shape)));
    }

    /** Returns whether its sizes follow from its tensors, not from a rule of thumb. */
    public boolean exact() {
        return mix.isPresent();
    }

    /** Returns the model in another quantisation; itself in its own. */
    public ModelDescription as(Quant quant) {
        boolean own =
                model.quantization().isKnown()
                        && Quant.named(model.quantization().value()).equals(Optional.of(quant));
        if (own) {
            return model;
        }
        List<Tensor> tensors = mix.map(m -> m.tensors(quant)).orElse(List.of());
        List<String> remarks = new ArrayList<>(model.remarks());
        remarks.add("Its size in " + quant + " is worked out from its tensors in other types.");
        return new ModelDescription(
                model.name(),
                model.origin(),
                model.format(),
                model.architecture(),
                model.parameters(),
                Reading.known(quant.name()),
                model.shape(),
                tensors,
                size(quant, tensors),
                model.sidecars(),
                model.defaults(),
                remarks);
    }

    private Reading<Bytes> size(Quant quant, List<Tensor> tensors) {
        if (mix.isEmpty()) {
            return guessed(quant);
        }
        long now = sum(tensors);
        long before = sum(model.tensors());
        return Reading.known(
                model.fileSize().isKnown()
                        ? Bytes.of(Math.max(now, model.fileSize().value().count() - before + now))
                        : Bytes.of(now));
    }

    private static long sum(List<Tensor> tensors) {
        long sum = 0;
        for (Tensor tensor : tensors) {
            sum = Math.addExact(sum, tensor.bytes().count());
        }
        return sum;
    }

    private Reading<Bytes> guessed(Quant quant) {
        Reading<Double> bits = quant.averageBits();
        Reading<Double> now =
                model.quantization().isKnown()
                        ? Quant.named(model.quantization().value())
                                .map(Quant::averageBits)
                                .orElse(Reading.unsupported("not a quantisation that is known"))
                        : Reading.unsupported("not told");
        if (model.fileSize().isKnown() && now.isKnown()) {
            return bits.map(
                    b -> Bytes.of(Math.round(model.fileSize().value().count() * b / now.value())));
        }
        return bits.flatMap(b -> model.parameters().map(n -> Bytes.of(Math.round(n * b / 8))));
    }
}
