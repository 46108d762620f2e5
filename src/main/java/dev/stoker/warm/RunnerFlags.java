package dev.stoker.warm;

import dev.stoker.host.Launch;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads at the command line of Ollama's runner with which options requests have had it started, so
 * that a further request can ask for the same. Pure. Seen on Ollama 0.33.
 *
 * <p>Ollama compares what was asked for, not what came of it: an option that its runner got by
 * itself must be left out. {@code -t} is there only if threads were asked for; {@code -b} asked for
 * again in its own value changes nothing; {@code --load-mode none} can have both reasons, and is
 * left out.
 */
final class RunnerFlags {
    private RunnerFlags() {}

    /** Returns the options by the names that requests use. */
    static Map<String, Object> of(Launch launch) {
        Map<String, Object> options = new HashMap<>();
        whole(launch, "-t", "--threads").ifPresent(n -> options.put("num_thread", n));
        whole(launch, "-b", "--batch-size").ifPresent(n -> options.put("num_batch", n));
        whole(launch, "-mg", "--main-gpu")
                .filter(n -> n > 0)
                .ifPresent(n -> options.put("main_gpu", n));
        if (!launch.arguments().contains("--context-shift")) {
            options.put("shift", false);
        }
        return options;
    }

    private static Optional<Long> whole(Launch launch, String... names) {
        return launch.option(names)
                .flatMap(text -> {
                    try {
                        return Optional.of(Long.parseLong(text));
                    } catch (NumberFormatException e) {
                        return Optional.empty();
                    }
                });
    }
}
