package dev.stoker.model;

import java.util.List;
import java.util.Optional;

/**
 * Which layers look back over a window only, and how far; by the rules that llama.cpp has for each
 * architecture. Pure.
 *
 * <p>Source: {@code models/*.cpp} and {@code set_swa_pattern} of llama.cpp b10434. A sliding window
 * that an architecture's code does not read is none.
 */
final class WindowRule {
    private static final String WINDOW = "attention.sliding_window";
    private static final String PATTERN = "attention.sliding_window_pattern";

    private final HeaderNumbers numbers;
    private final String architecture;
    private final int blocks;
    private final int main;
    private final long tokens;

    /**
     * @param main blocks without those for multi-token prediction
     */
    WindowRule(HeaderNumbers numbers, String architecture, int blocks, int main) {
        this.numbers = numbers;
        this.architecture = architecture;
        this.blocks = blocks;
        this.main = main;
        this.tokens = width();
    }

    /** Returns how many tokens a layer with a window looks back; 0 where no layer has one. */
    long tokens() {
        return tokens;
    }

    private long width() {
        long told = numbers.number(WINDOW, 0);
        long width =
                switch (architecture) {
                    case "gemma2" -> numbers.number(WINDOW, 4096);
                    case "exaone4" -> main == 64 ? numbers.number(WINDOW, 4096) : 0;
                    case "exaone-moe" -> numbers.number(WINDOW, 128);
                    case "llama4" -> numbers.has(WINDOW) && told == 0 ? 0 : 8192;
                    case "smallthinker" -> told > 0 ? 4096 : 0;
                    case "lfm2", "deepseek4" -> told;
                    default -> reads() ? told : 0;
                };
        for (int i = 0; width > 0 && i < blocks; i++) {
            if (looksBack(i)) {
                return width;
            }
        }
        return 0;
    }

    private boolean reads() {
        return Architectures.FULL_LAST.containsKey(architecture)
                || Architectures.FULL_FIRST.containsKey(architecture)
                || Architectures.WINDOW_FLAGS.contains(architecture)
                || (!Architectures.known(architecture) && numbers.list(PATTERN).isPresent());
    }

    /** Returns whether a layer looks back over the window only. */
    boolean windowed(int layer) {
        return tokens > 0 && looksBack(layer);
    }

    private boolean looksBack(int layer) {
        if (architecture.equals("deepseek4")
                || (architecture.equals("dflash")
                        && numbers.number("hyper_connection.count", 0) > 0)) {
            return true;
        }
        // The pattern of exaone-moe is set before its blocks for prediction are counted off.
        if (layer >= main && !architecture.equals("exaone-moe")) {
            return false;
        }
        if (architecture.equals("lfm2")) {
            return numbers.element("attention.head_count_kv", layer, 1) != 0;
        }
        boolean first = Architectures.FULL_FIRST.containsKey(architecture);
        Integer usual =
                first
                        ? Architectures.FULL_FIRST.get(architecture)
                        : Architectures.FULL_LAST.get(architecture);
        Optional<List<Long>> flags = numbers.list(PATTERN);
        if (usual == null || Architectures.PERIOD_OR_FLAGS.contains(architecture)) {
            if (flags.isPresent()) {
                return layer < flags.get().size() && flags.get().get(layer) != 0;
            }
        }
        if (usual == null) {
            return numbers.number(PATTERN, 0) != 0;
        }
        long period = numbers.number(PATTERN, usual);
        if (period == 0) {
            return true;
        }
        return first ? layer % period != 0 : layer % period < period - 1;
    }
}
