package dev.stoker;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

class MainTest {

    static Set<String> verbs() {
        return Main.verbs(true).keySet();
    }

    /**
     * A command's texts are format strings: a lone percent sign would print a warning over the
     * help.
     */
    @ParameterizedTest
    @MethodSource("verbs")
    void help_ofEveryVerb_isMadeOfValidFormats(String verb) {
        CommandLine line = new CommandLine(Main.verbs(true).get(verb).get());
        for (String text : texts(line.getCommandSpec())) {
            assertThatCode(() -> String.format(text)).as(text).doesNotThrowAnyException();
        }
    }

    private static List<String> texts(CommandSpec spec) {
        UsageMessageSpec usage = spec.usageMessage();
        List<String> texts = new ArrayList<>();
        Stream.of(usage.description(), usage.header(), usage.footer())
                .forEach(lines -> texts.addAll(List.of(lines)));
        spec.subcommands().values().forEach(sub -> texts.addAll(texts(sub.getCommandSpec())));
        return texts;
    }
}
