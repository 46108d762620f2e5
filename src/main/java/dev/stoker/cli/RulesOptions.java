package dev.stoker.cli;

import dev.stoker.rules.RulesFile;
import dev.stoker.rules.Thresholds;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The options of every command that judges a machine. Filled by picocli. */
final class RulesOptions {
    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description =
                    "The YAML file of the rules. Default: stoker/rules.yaml in $XDG_CONFIG_HOME or"
                            + " ~/.config, if it is there; 'stoker status --show-rules' prints the"
                            + " rules in force.")
    @Nullable Path rules;

    /**
     * Returns the rules in force. Without a file nothing of YAML is loaded.
     *
     * @throws dev.stoker.base.UserError if the file can't be used
     */
    Thresholds thresholds(Map<String, String> env) {
        return thresholds(Optional.ofNullable(rules), env);
    }

    /** The same, for whoever has read the options in another way. */
    static Thresholds thresholds(Optional<Path> file, Map<String, String> env) {
        if (file.isPresent()) {
            return RulesFile.read(file.get());
        }
        String config = env.getOrDefault("XDG_CONFIG_HOME", "");
        String home = env.getOrDefault("HOME", "");
        if (!config.startsWith("/") && !home.startsWith("/")) {
            return Thresholds.usual();
        }
        Path usual =
                (config.startsWith("/") ? Path.of(config) : Path.of(home, ".config"))
                        .resolve("stoker")
                        .resolve("rules.yaml");
        return Files.exists(usual) ? RulesFile.read(usual) : Thresholds.usual();
    }
}
