package dev.stoker.plan.settings;

import dev.stoker.base.Decimal;

import java.util.ArrayList;
import java.util.List;

/**
 * A plan's settings as arguments of {@code vllm serve}. Pure.
 *
 * @param arguments in their order, without the program
 */
public record VllmText(List<String> arguments) {
    public VllmText {
        arguments = List.copyOf(arguments);
    }

    /**
     * What vLLM is told.
     *
     * @param model name or folder
     * @param context tokens a request may have
     * @param requests how many at the same time
     * @param share of a GPU's memory that it may take
     * @param gpus over how many GPUs each layer is split
     * @param eightBitCache whether keys and values take 8 bits
     */
    public record Wanted(
            String model,
            long context,
            int requests,
            double share,
            int gpus,
            boolean eightBitCache) {}

    public static VllmText of(Wanted wanted) {
        if (!(wanted.share() > 0 && wanted.share() <= 1)) {
            throw new IllegalArgumentException("no share of a memory: " + wanted.share());
        }
        List<String> a = new ArrayList<>();
        a.add("serve");
        a.add(wanted.model());
        add(a, "--max-model-len", Long.toString(wanted.context()));
        add(a, "--max-num-seqs", Integer.toString(wanted.requests()));
        add(a, "--gpu-memory-utilization", Decimal.of(wanted.share(), 2));
        if (wanted.gpus() > 1) {
            add(a, "--tensor-parallel-size", Integer.toString(wanted.gpus()));
        }
        if (wanted.eightBitCache()) {
            add(a, "--kv-cache-dtype", "fp8");
        }
        return new VllmText(a);
    }

    private static void add(List<String> arguments, String name, String value) {
        arguments.add(name);
        arguments.add(value);
    }

    /** Returns a line for a shell. */
    public String command() {
        List<String> words = new ArrayList<>();
        words.add("vllm");
        words.addAll(arguments);
        return ShellWords.line(words);
    }
}
