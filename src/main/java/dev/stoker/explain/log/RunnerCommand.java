package dev.stoker.explain.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Reads the command line with which Ollama starts a runner, of any version. Pure. */
final class RunnerCommand {
    /** Options whose values force a load when they differ, beside those that have a place. */
    private static final Set<String> COUNTED =
            Set.of(
                    "-t",
                    "--threads",
                    "--main-gpu",
                    "--lora",
                    "--mmproj",
                    "--load-mode",
                    "--no-mmap",
                    "--context-shift",
                    "--no-context-shift",
                    "--flash-attn",
                    "--cache-type-k",
                    "--cache-type-v",
                    "--draft-max",
                    "--kv-cache-type");

    private RunnerCommand() {}

    static LoadLine read(String command) {
        List<String> words = List.of(command.split(" ", -1));
        String file = "";
        long context = -1;
        long slots = -1;
        long batch = -1;
        long layers = -1;
        TreeMap<String, String> others = new TreeMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1) : "";
            switch (word) {
                case "--model", "-m" -> file = next;
                case "-c", "--ctx-size" -> context = number(next);
                case "-np", "--parallel" -> slots = number(next);
                case "-b", "--batch-size" -> batch = number(next);
                case "-ngl", "--n-gpu-layers" -> layers = number(next);
                default -> {
                    if (COUNTED.contains(word)) {
                        others.put(word, next.startsWith("-") ? "" : next);
                    }
                }
            }
        }
        StringBuilder text = new StringBuilder();
        others.forEach((k, v) -> text.append(' ').append(k).append(v.isEmpty() ? "" : " " + v));
        return new LoadLine(file, context, slots, batch, layers, text.toString().strip());
    }

    private static long number(String text) {
        byte[] digits = text.getBytes(StandardCharsets.US_ASCII);
        long number = Scan.number(digits, 0, digits.length);
        return number >= 0 && digits.length <= 15 && Long.toString(number).equals(text)
                ? number
                : -1;
    }
}
