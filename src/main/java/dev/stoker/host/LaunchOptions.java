package dev.stoker.host;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * With which options a server was started: its arguments, and those variables of its environment
 * that servers and GPU drivers read. Whatever could be a secret is left out. Stateless.
 */
final class LaunchOptions {
    private static final List<String> PREFIXES =
            List.of(
                    "OLLAMA_",
                    "LLAMA_",
                    "GGML_",
                    "VLLM_",
                    "CUDA_VISIBLE",
                    "HIP_VISIBLE",
                    "ROCR_VISIBLE",
                    "HSA_OVERRIDE");
    private static final Set<String> SECRET_WORDS =
            Set.of("KEY", "TOKEN", "SECRET", "PASSWORD", "PASS", "AUTH", "CREDENTIAL");

    /** Where it listens and which pages it admits says nothing of its speed. */
    private static final Set<String> OF_NO_WEIGHT = Set.of("OLLAMA_HOST", "OLLAMA_ORIGINS");

    private LaunchOptions() {}

    static Reading<String> of(Path process) {
        Reading<String> command = ProcFile.text(process.resolve("cmdline"));
        if (!command.isKnown()) {
            return command;
        }
        Reading<String> environment = ProcFile.text(process.resolve("environ"));
        if (!environment.isKnown()) {
            return environment;
        }
        List<String> words = new ArrayList<>(arguments(split(command.value())));
        split(environment.value()).stream()
                .filter(LaunchOptions::counts)
                .sorted()
                .forEach(words::add);
        return words.isEmpty()
                ? Reading.known("none")
                : Reading.known(Text.plain(String.join(" ", words), 2000));
    }

    /** Returns the words themselves: an empty argument is one too. */
    static Reading<Launch> launch(Path process) {
        Reading<String> command = ProcFile.text(process.resolve("cmdline"));
        Path environment = process.resolve("environ");
        return switch (command) {
            case Reading.Known<String>(String line) when !line.isEmpty() ->
                    Reading.known(
                            new Launch(
                                    arguments(words(line)),
                                    ProcFile.text(environment).map(LaunchOptions::variables)));
            case Reading.Known<String> _ ->
                    Reading.failed("the process has ended, or tells no command line");
            case Reading.Unsupported<String>(String reason) -> Reading.unsupported(reason);
            case Reading.Failed<String>(String reason) -> Reading.failed(reason);
        };
    }

    private static List<String> words(String line) {
        return List.of(
                (line.endsWith("\0") ? line.substring(0, line.length() - 1) : line)
                        .split("\0", -1));
    }

    private static Map<String, String> variables(String environment) {
        Map<String, String> variables = new HashMap<>();
        for (String variable : split(environment)) {
            int equals = variable.indexOf('=');
            if (equals > 0 && counts(variable)) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.split("\0", -1)).filter(w -> !w.isBlank()).toList();
    }

    /** The arguments behind the program's own name. */
    private static List<String> arguments(List<String> command) {
        List<String> kept = new ArrayList<>();
        boolean secretFollows = false;
        for (String word : command.subList(Math.min(1, command.size()), command.size())) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            boolean secret = name.startsWith("-") && isSecret(name);
            if (secretFollows) {
                kept.add("…");
            } else {
                kept.add(secret && equals >= 0 ? name + "=…" : word);
            }
            secretFollows = secret && equals < 0;
        }
        return kept;
    }

    private static boolean counts(String variable) {
        int equals = variable.indexOf('=');
        String name = equals < 0 ? variable : variable.substring(0, equals);
        return PREFIXES.stream().anyMatch(name::startsWith)
                && !OF_NO_WEIGHT.contains(name)
                && !isSecret(name);
    }

    private static boolean isSecret(String name) {
        return Arrays.stream(name.toUpperCase(Locale.ROOT).split("[^A-Z0-9]+"))
                .anyMatch(SECRET_WORDS::contains);
    }
}
