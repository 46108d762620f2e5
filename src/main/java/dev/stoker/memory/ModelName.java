package dev.stoker.memory;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model's name tells of its size: the last resort where a server tells nothing. {@code
 * llama3.3:70b} has 70 billion parameters; {@code mixtral:8x7b} has fewer than 56, since its
 * experts share the attention; in {@code qwen3:30b-a3b} the second figure is the active part, but
 * all of it must be in memory. Pure.
 */
final class ModelName {
    /** Mixtral 8x7b has 46.7 billion parameters, 8x22b has 141: 0.83 and 0.80 of the product. */
    private static final double SHARED = 0.84;

    private static final Pattern SIZE =
            Pattern.compile(
                    "(?<![a-z0-9.])(?:([0-9]{1,3})x)?([0-9]{1,5}(?:\\.[0-9]{1,3})?)([bm])(?![a-z0-9])");
    private static final Pattern QUANTIZATION =
            Pattern.compile(
                    "(?<![a-z0-9])(i?q[1-8]_[a-z0-9_]+|fp?16|bf16|fp?32|fp8|mxfp4|nvfp4|awq|gptq|int[48]|[48]bit)(?![a-z0-9])");

    private ModelName() {}

    /** Returns the number of parameters that the name tells, the largest where it tells several. */
    static OptionalDouble parameters(String name) {
        Matcher matcher = SIZE.matcher(name.toLowerCase(Locale.ROOT).replace('_', '-'));
        double largest = 0;
        while (matcher.find()) {
            double unit = matcher.group(3).equals("b") ? 1e9 : 1e6;
            double parameters = Double.parseDouble(matcher.group(2)) * unit;
            if (matcher.group(1) != null) {
                parameters *= Integer.parseInt(matcher.group(1)) * SHARED;
            }
            largest = Math.max(largest, parameters);
        }
        return largest > 0 ? OptionalDouble.of(largest) : OptionalDouble.empty();
    }

    /** Returns the quantisation that the name tells, in capitals. */
    static Optional<String> quantization(String name) {
        Matcher matcher = QUANTIZATION.matcher(name.toLowerCase(Locale.ROOT));
        return matcher.find()
                ? Optional.of(matcher.group(1).toUpperCase(Locale.ROOT))
                : Optional.empty();
    }
}
