package dev.stoker.plan.speed;

import java.util.Locale;

/**
 * How well decoding uses the bandwidth with weights of a type, in shares of what it reaches with
 * 16-bit weights: what is packed more tightly takes more arithmetic a byte. Pure.
 *
 * <p>Source: tokens per second times size of Llama-3.1-8B in each quantisation (quantize README of
 * llama.cpp), shared out to the types that its mixes consist of; Q4_0 and MXFP4 from RTX 3090, M1
 * Max and Jetson Thor.
 */
final class QuantSpeed {
    private QuantSpeed() {}

    static double share(String type) {
        String t = type.toUpperCase(Locale.ROOT);
        return switch (t) {
            case "F32", "F16", "BF16", "F64" -> 1.0;
            case "Q8_0", "Q8_1", "Q8_K" -> 0.93;
            case "Q6_K" -> 0.83;
            case "Q5_K", "Q5_0", "Q5_1" -> 0.82;
            case "Q4_0", "Q4_1" -> 0.85;
            case "Q4_K" -> 0.76;
            case "IQ4_NL", "IQ4_XS" -> 0.74;
            case "MXFP4", "NVFP4" -> 0.6;
            case "Q3_K" -> 0.58;
            case "IQ3_S", "IQ3_XXS" -> 0.56;
            case "Q2_K", "Q2_0" -> 0.52;
            case "IQ2_S", "IQ2_XS", "IQ2_XXS" -> 0.46;
            case "TQ1_0", "TQ2_0" -> 0.5;
            case "IQ1_S", "IQ1_M", "Q1_0" -> 0.27;
            default -> labelled(t);
        };
    }

    /** The label of a whole file, where its tensors are not told. */
    private static double labelled(String label) {
        if (label.startsWith("IQ")) {
            return switch (label.length() > 2 ? label.charAt(2) : '4') {
                case '1' -> 0.34;
                case '2' -> 0.47;
                case '3' -> 0.57;
                default -> 0.74;
            };
        }
        return switch (label.length() > 1 && label.charAt(0) == 'Q' ? label.charAt(1) : '?') {
            case '2' -> 0.54;
            case '3' -> 0.62;
            case '4' -> 0.76;
            case '5' -> 0.82;
            case '6' -> 0.83;
            case '8' -> 0.93;
            default -> 0.8;
        };
    }
}
