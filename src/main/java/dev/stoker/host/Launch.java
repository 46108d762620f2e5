package dev.stoker.host;

import dev.stoker.base.Reading;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a process was started.
 *
 * @param arguments its arguments behind the program's own name, as they were given; values of
 *     options that name a secret are replaced
 * @param variables those variables of its environment that servers and GPU drivers read, secrets
 *     left out; unknown where they may not be read
 */
public record Launch(List<String> arguments, Reading<Map<String, String>> variables) {
    public Launch {
        arguments = List.copyOf(arguments);
        variables = variables.map(Map::copyOf);
    }

    /**
     * Returns the value of an option that has one, in either form ({@code --port 8080}, {@code
     * --port=8080}); of several the last, as programs read them.
     *
     * @param names the option's names with their dashes
     */
    public Optional<String> option(String... names) {
        return option(arguments, names);
    }

    /** Returns the value of an option among such arguments. */
    public static Optional<String> option(List<String> arguments, String... names) {
        for (int i = arguments.size() - 1; i >= 0; i--) {
            String argument = arguments.get(i);
            for (String name : names) {
                if (argument.equals(name) && i + 1 < arguments.size()) {
                    return Optional.of(arguments.get(i + 1));
                }
                if (argument.startsWith(name + "=")) {
                    return Optional.of(argument.substring(name.length() + 1));
                }
            }
        }
        return Optional.empty();
    }
}
