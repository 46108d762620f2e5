package dev.stoker.plan.advise;

import dev.stoker.base.Reading;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The quantisations that llama-quantize makes and people publish, the best first, with what each
 * was measured to lose.
 *
 * <p>Source of the losses: the perplexity README of llama.cpp, Llama-3-8B on wikitext against 16
 * bits (perplexity 6.23): the higher perplexity, and how far the probabilities of the next token
 * move (mean Kullback-Leibler divergence). IQ types with an importance matrix, the others without.
 * The figures are no measure of other models; their order is much the same for all.
 */
public enum Quant {
    F16(0, 0, 16.0),
    Q8_0(0.003, 0.0014, 8.5),
    Q6_K(0.022, 0.0055, 6.56),
    Q5_K_M(0.057, 0.0108, 5.7),
    Q5_K_S(0.105, 0.0166, 5.57),
    Q4_K_M(0.175, 0.0313, 4.89),
    Q4_K_S(0.269, 0.0431, 4.67),
    IQ4_NL(0.224, 0.0357, 4.68),
    IQ4_XS(0.228, 0.0363, 4.46),
    Q4_0(0.469, 0.0719, 4.65),
    Q3_K_L(0.556, 0.0872, 4.3),
    Q3_K_M(0.657, 0.1019, 4.0),
    IQ3_M(0.667, 0.1025, 3.76),
    IQ3_XXS(1.227, 0.184, 3.25),
    Q3_K_S(1.632, 0.228, 3.64),
    IQ2_M(2.37, 0.326, 2.93),
    Q2_K(3.52, 0.445, 3.16),
    IQ2_XXS(7.86, 0.812, 2.38),
    IQ1_S(54, 2.25, 2.0),
    // Made by llama-quantize, but not in the table of losses.
    BF16(0, 0, 16.0),
    Q5_1(-1, -1, -1),
    Q5_0(-1, -1, -1),
    Q4_1(-1, -1, -1),
    IQ3_S(-1, -1, -1),
    IQ3_XS(-1, -1, -1),
    Q2_K_S(-1, -1, -1),
    IQ2_S(-1, -1, -1),
    IQ2_XS(-1, -1, -1),
    IQ1_M(-1, -1, -1),
    MXFP4_MOE(-1, -1, -1);

    /** Where the losses are from, as reports name it. */
    public static final String SOURCE =
            "llama.cpp perplexity README, Llama-3-8B on wikitext, 16 bits have 6.23";

    /** What most people choose among. */
    public static final List<Quant> USUAL = List.of(Q8_0, Q6_K, Q5_K_M, Q4_K_M, Q3_K_M, Q2_K);

    /** All that the table of losses has and that are published for most models. */
    public static final List<Quant> LADDER =
            List.of(
                    F16, Q8_0, Q6_K, Q5_K_M, Q5_K_S, Q4_K_M, Q4_K_S, IQ4_XS, Q3_K_L, Q3_K_M, IQ3_M,
                    IQ3_XXS, Q3_K_S, IQ2_M, Q2_K);

    private final double perplexity;
    private final double divergence;
    private final double bits;

    Quant(double perplexity, double divergence, double bits) {
        this.perplexity = perplexity;
        this.divergence = divergence;
        this.bits = bits;
    }

    /**
     * Returns the bits a parameter of Llama-3.1-8B (quantize README of llama.cpp): for models whose
     * tensors are not told.
     */
    Reading<Double> averageBits() {
        return bits > 0
                ? Reading.known(bits)
                : Reading.unsupported("not in the table of the quantize README");
    }

    /** Returns by how much the perplexity of the measured model rises. */
    public Reading<Double> perplexityRise() {
        return known(perplexity);
    }

    /** Returns the mean divergence of the measured model. */
    public Reading<Double> divergence() {
        return known(divergence);
    }

    private static Reading<Double> known(double value) {
        return value >= 0
                ? Reading.known(value)
                : Reading.unsupported("not in the table of the perplexity README");
    }

    /** Returns the quantisation that a label names; empty for another one. */
    public static Optional<Quant> named(String label) {
        String name = label.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        String plain =
                switch (name) {
                    case "Q3_K" -> "Q3_K_M";
                    case "Q4_K" -> "Q4_K_M";
                    case "Q5_K" -> "Q5_K_M";
                    case "MXFP4" -> "MXFP4_MOE";
                    case "FP16" -> "F16";
                    default -> name;
                };
        return Arrays.stream(values()).filter(q -> q.name().equals(plain)).findFirst();
    }

    /** Returns whether it is made with an importance matrix, as it is published. */
    boolean importance() {
        return name().startsWith("IQ");
    }
}
