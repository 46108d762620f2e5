package dev.stoker.memory;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bits a parameter takes in each quantisation, averaged over a whole model. Pure.
 *
 * <p>Source: sizes of Llama-3.1-8B in the quantize README of llama.cpp; the width of a block for
 * the plain types (Q4_0: 18 bytes for 32 weights). Small models take more, since their embeddings
 * are kept wider.
 */
final class WeightBits {
    private static final Map<String, Double> BITS =
            Map.ofEntries(
                    Map.entry("F32", 32.0),
                    Map.entry("FP32", 32.0),
                    Map.entry("F16", 16.0),
                    Map.entry("FP16", 16.0),
                    Map.entry("BF16", 16.0),
                    Map.entry("FP8", 8.0),
                    Map.entry("INT8", 8.0),
                    Map.entry("8BIT", 8.5),
                    Map.entry("Q8_0", 8.5),
                    Map.entry("Q6_K", 6.56),
                    Map.entry("Q5_K_M", 5.70),
                    Map.entry("Q5_K_S", 5.57),
                    Map.entry("Q5_0", 5.6),
                    Map.entry("Q5_1", 6.0),
                    Map.entry("Q4_K_M", 4.89),
                    Map.entry("Q4_K_S", 4.67),
                    Map.entry("Q4_0", 4.65),
                    Map.entry("Q4_1", 5.1),
                    Map.entry("IQ4_NL", 4.68),
                    Map.entry("IQ4_XS", 4.46),
                    Map.entry("MXFP4", 4.3),
                    Map.entry("NVFP4", 4.6),
                    Map.entry("AWQ", 4.6),
                    Map.entry("GPTQ", 4.6),
                    Map.entry("INT4", 4.6),
                    Map.entry("4BIT", 4.6),
                    Map.entry("Q3_K_L", 4.30),
                    Map.entry("Q3_K_M", 4.0),
                    Map.entry("Q3_K_S", 3.64),
                    Map.entry("IQ3_M", 3.76),
                    Map.entry("IQ3_XXS", 3.25),
                    Map.entry("Q2_K", 3.16),
                    Map.entry("IQ2_M", 2.93),
                    Map.entry("IQ2_XXS", 2.38),
                    Map.entry("IQ1_S", 2.0));

    private static final Pattern DIGIT = Pattern.compile("I?Q([1-8])(?:_.*)?");

    private WeightBits() {}

    /** Returns the bits a parameter; empty for a name that says nothing. */
    static OptionalDouble of(String quantization) {
        String name = quantization.strip().toUpperCase(Locale.ROOT);
        Double known = BITS.get(name);
        if (known != null) {
            return OptionalDouble.of(known);
        }
        Matcher digit = DIGIT.matcher(name);
        return digit.matches()
                ? OptionalDouble.of(Integer.parseInt(digit.group(1)) + 0.8)
                : OptionalDouble.empty();
    }
}
