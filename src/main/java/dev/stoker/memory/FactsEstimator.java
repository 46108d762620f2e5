package dev.stoker.memory;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Estimates a model whose header nobody shows, from what every server tells: weights from the
 * file's size, else from parameters and quantisation, else from the name; the key-value cache from
 * the model's shape, else by its size; and an overhead that is assumed. Each item says which, and
 * the less is known the wider is the band. Pure and thread-safe.
 *
 * <p>Rule for names: 0.65 GB a billion parameters at four bits, from the five models of the
 * memory-managed benchmark on 128 GB (a 70b takes about 45 GB, a 14b about 9 GB).
 */
public final class FactsEstimator implements MemoryEstimator {
    private static final double GB_A_BILLION_AT_FOUR_BITS = 0.65;
    private static final double BITS_OF_THE_RULE = 4.89;

    /**
     * Process, buffers and driver context of a small model; the share covers buffers that grow with
     * width.
     */
    private static final double OVERHEAD_BYTES = 400.0 * (1 << 20);

    private static final double OVERHEAD_SHARE = 0.02;

    private static final long USUAL_CONTEXT = 4096;

    /** Keeps sums of absurd sizes within 64 bits. */
    private static final double MOST_BYTES = 1L << 60;

    @Override
    public Reading<MemoryEstimate> estimate(ModelFacts facts, OptionalLong contextLength) {
        Optional<Part> weights = weights(facts);
        if (weights.isEmpty()) {
            return Reading.unsupported(
                    "the size of "
                            + Text.plain(facts.name(), 100)
                            + " is unknown: the server tells neither bytes nor parameters, and its"
                            + " name holds none");
        }
        double parameters = parameters(facts).orElse(weights.get().bytes() * 8 / BITS_OF_THE_RULE);
        long asked = contextLength.orElse(USUAL_CONTEXT);
        long tokens = Math.max(1, Math.min(asked, facts.trainedContext().orElse(asked)));
        Part overhead =
                new Part(
                        "overhead",
                        OVERHEAD_BYTES + OVERHEAD_SHARE * weights.get().bytes(),
                        0.4,
                        2.5,
                        "assumed: 400 MiB for the process and 2 % of the weights for compute"
                                + " buffers");
        return Reading.known(
                sum(List.of(weights.get(), cache(facts, parameters, tokens), overhead)));
    }

    private static Optional<Part> weights(ModelFacts facts) {
        if (facts.fileSize() instanceof Reading.Known<Bytes>(Bytes size) && size.count() > 0) {
            return Optional.of(
                    new Part(
                            "weights",
                            size.count(),
                            0.97,
                            1.05,
                            "exact: the size of the model's files"));
        }
        OptionalDouble parameters = parameters(facts);
        if (parameters.isEmpty()) {
            return Optional.empty();
        }
        boolean told = facts.parameters().orElse(0L) > 0;
        String billions =
                String.format(
                        Locale.ROOT, "%.2f billion parameters", parameters.getAsDouble() / 1e9);
        String from = told ? "" : " by its name";
        Optional<String> quantization =
                facts.quantization().isKnown()
                        ? Optional.of(facts.quantization().value())
                        : ModelName.quantization(facts.name());
        OptionalDouble bits = quantization.map(WeightBits::of).orElse(OptionalDouble.empty());
        if (bits.isPresent() && quantization.isPresent()) {
            return Optional.of(
                    new Part(
                            "weights",
                            parameters.getAsDouble() * bits.getAsDouble() / 8,
                            told ? 0.9 : 0.8,
                            told ? 1.15 : 1.25,
                            (told ? "modelled: " : "assumed: ")
                                    + billions
                                    + from
                                    + " at "
                                    + bits.getAsDouble()
                                    + " bits ("
                                    + Text.plain(quantization.get(), 20)
                                    + ")"));
        }
        return Optional.of(
                new Part(
                        "weights",
                        parameters.getAsDouble() * GB_A_BILLION_AT_FOUR_BITS,
                        0.75,
                        1.3,
                        "assumed: " + billions + from + ", 0.65 GB a billion as at four bits"));
    }

    private static OptionalDouble parameters(ModelFacts facts) {
        long told = facts.parameters().orElse(0L);
        return told > 0 ? OptionalDouble.of((double) told) : ModelName.parameters(facts.name());
    }

    private static Part cache(ModelFacts facts, double parameters, long tokens) {
        if (facts.kvBytesPerToken() instanceof Reading.Known<Bytes>(Bytes perToken)
                && perToken.count() >= 0) {
            return new Part(
                    "kv",
                    (double) perToken.count() * tokens,
                    0.5,
                    1.05,
                    "modelled: "
                            + perToken
                            + " a token by the model's shape × "
                            + tokens
                            + " tokens");
        }
        double perToken = assumedCache(parameters);
        return new Part(
                "kv",
                perToken * tokens,
                0.3,
                2.5,
                "assumed: "
                        + Bytes.of(Math.round(perToken))
                        + " a token as usual for this size × "
                        + tokens
                        + " tokens");
    }

    /**
     * Bytes a token at 16 bits of usual models with grouped attention: Llama-3.2-1B 32 KiB,
     * Llama-3-8B 128, Qwen2.5-14B 192, Qwen2.5-32B 256, Llama-3-70B 320, Llama-3.1-405B 504.
     */
    private static double assumedCache(double parameters) {
        double kib =
                parameters <= 0.5e9
                        ? 24
                        : parameters <= 2e9
                                ? 40
                                : parameters <= 9e9
                                        ? 128
                                        : parameters <= 16e9
                                                ? 192
                                                : parameters <= 40e9
                                                        ? 256
                                                        : parameters <= 130e9 ? 320 : 512;
        return kib * 1024;
    }

    private static MemoryEstimate sum(List<Part> parts) {
        List<MemoryEstimate.Item> items = new ArrayList<>();
        Bytes expected = Bytes.ZERO;
        Bytes low = Bytes.ZERO;
        Bytes high = Bytes.ZERO;
        for (Part part : parts) {
            Bytes bytes = whole(part.bytes());
            items.add(new MemoryEstimate.Item(part.kind(), bytes, part.provenance()));
            expected = expected.plus(bytes);
            low = low.plus(whole(part.bytes() * part.low()).min(bytes));
            high = high.plus(whole(part.bytes() * part.high()).max(bytes));
        }
        return new MemoryEstimate(expected, low, high, high, items);
    }

    private static Bytes whole(double bytes) {
        return Bytes.of(Math.round(Math.min(bytes, MOST_BYTES)));
    }

    private record Part(String kind, double bytes, double low, double high, String provenance) {}
}
