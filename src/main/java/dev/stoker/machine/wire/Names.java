package dev.stoker.machine.wire;

import tools.jackson.databind.JsonNode;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The names of the kinds of things. Pure. */
final class Names {
    private Names() {}

    /** Returns the name of a kind that has no code of its own. */
    static String of(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E> Optional<E> find(String code, E[] all, Function<E, String> name) {
        for (E one : all) {
            if (name.apply(one).equals(code)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** Reads the name of one of these kinds. */
    static <E> E read(JsonNode o, String field, E[] all, Function<E, String> name) {
        return find(Form.text(o, field), all, name)
                .orElseThrow(() ->
                        Form.bad(
                                field,
                                "one of "
                                        + Arrays.stream(all)
                                                .map(name)
                                                .collect(Collectors.joining(", "))));
    }
}
