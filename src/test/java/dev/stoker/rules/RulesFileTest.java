package dev.stoker.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class RulesFileTest {
    @TempDir Path folder;

    private static Thresholds parse(String text) {
        return RulesFile.parse("The rules' file r.yaml", text);
    }

    @Test
    void parse_partOfTheRules_leavesTheOthersAsUsual() {
        Thresholds read =
                parse(
                        """
                        rules:
                          gpu-memory-high:
                            warning: 85%
                          gpu-temperature-high: {warning: 75, critical: 85°C}
                          swap-in-use: off
                          gpu-throttled: on
                          queue-growing:
                            for: 2m
                        resident:
                          - mistral:7b
                          - 'qwen3:8b'
                        """);
        assertThat(read)
                .isEqualTo(
                        Thresholds.usual()
                                .with(Mark.GPU_MEMORY_WARNING, 0.85)
                                .with(Mark.TEMPERATURE_WARNING, 75)
                                .with(Mark.TEMPERATURE_CRITICAL, 85)
                                .with(Mark.QUEUE_FOR, 120)
                                .without(Rule.SWAP_IN_USE)
                                .withResident(List.of("mistral:7b", "qwen3:8b")));
    }

    @ParameterizedTest
    @CsvSource({"''", "'# nothing'", "'rules:'", "'resident:'", "'rules: {}'"})
    void parse_nothing_isUsual(String text) {
        assertThat(parse(text)).isEqualTo(Thresholds.usual());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule: {} | line 1: the key 'rule' is not known. | Did you mean 'rules'?",
                "rules: {gpu-memory: off} | line 1: the key 'gpu-memory' is not known."
                        + " | Did you mean 'gpu-memory-high'?",
                "rules: {gpu-memory-high: {warn: 80%}} | line 1: the key 'warn' is not known."
                        + " | Known here: warning, critical.",
                "rules: {gpu-memory-high: {warning: 80}} | a share such as 80% is wanted here | ''",
                "rules: {gpu-memory-high: {warning: much}} | a share such as 80% | ''",
                "rules: {gpu-memory-high: {warning: [1]}} | a share such as 80% | ''",
                "rules: {gpu-memory-high: {warning: 97%}} | the warning (97%) lies above the"
                        + " critical mark (95%) | ''",
                "rules: {gpu-memory-high: 80%} | the word off or the rule's marks is wanted | ''",
                "rules: {gpu-throttled: {for: 3s}} | the key 'for' is not known | ''",
                "rules: {gpu-throttled: 3} | the word off or on is wanted here | ''",
                "rules: {swap-in-use: {from: -3}} | a size such as 256MiB is wanted here | ''",
                "rules: {queue-growing: {for: 3d}} | a time such as 30s or 2m is wanted | ''",
                "rules: {queue-growing: {from: 1.5}} | a whole number from 1 on is wanted | ''",
                "rules: 3 | an object with keys is wanted here | ''",
                "resident: mistral | a list is wanted here | ''",
                "resident: [3] | a text is wanted here | ''",
                "'rules: {' | is no YAML: line 1 | ''",
                "'rules: {}\nrules: {}' | the key 'rules' stands there twice | ''",
            })
    void parse_somethingElse_saysWhereAndWhatIsWanted(String text, String sentence, String hint) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.sentence())
                                    .startsWith("The rules' file r.yaml")
                                    .contains(sentence);
                            assertThat(error.hint()).contains(hint);
                            assertThat(error.code().number()).isEqualTo(2);
                        });
    }

    @Test
    void read_noSuchFile_saysHowToGetOne() {
        assertThatThrownBy(() -> RulesFile.read(folder.resolve("none.yaml")))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.sentence()).startsWith("There is no rules' file");
                            assertThat(error.hint()).contains("stoker status --show-rules");
                        });
    }

    @Test
    void read_aFolderOrNoText_isRefused() throws IOException {
        assertThatThrownBy(() -> RulesFile.read(folder)).isInstanceOf(UserError.class);
        Path file = Files.write(folder.resolve("r.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> RulesFile.read(file)).hasMessageContaining("no UTF-8");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> RulesFile.read(file)).hasMessageContaining("larger than 1 MiB");
    }

    @Test
    void write_usual_canBeReadAgainFromAFile() throws IOException {
        Path file =
                Files.writeString(folder.resolve("r.yaml"), RulesFile.write(Thresholds.usual()));
        assertThat(RulesFile.read(file)).isEqualTo(Thresholds.usual());
    }

    @Test
    void write_usual_namesEachRuleWithItsMarks() {
        String text = RulesFile.write(Thresholds.usual());
        for (Rule rule : Rule.values()) {
            assertThat(text).contains("  " + rule.code() + ":", "  # " + rule.sentence());
        }
        assertThat(text)
                .contains("  gpu-memory-high:\n    warning: 80%\n    critical: 95%\n")
                .contains("    from: 256MiB\n    pressure: 5%\n")
                .contains("    warning: 80°C\n")
                .contains("    for: 30s\n");
    }

    @Test
    void manual_always_namesEachRuleAndItsUsualMarks() throws IOException {
        List<String> rows =
                Files.readAllLines(Path.of("docs/rules.md")).stream()
                        .filter(line -> line.startsWith("| `"))
                        .toList();
        assertThat(rows).hasSize(Rule.values().length);
        for (Rule rule : Rule.values()) {
            String row =
                    rows.stream()
                            .filter(line -> line.startsWith("| `" + rule.code() + "` |"))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("no row for " + rule.code()));
            for (Mark mark : Mark.of(rule)) {
                assertThat(row)
                        .contains("`" + mark.key() + ": " + mark.unit().write(mark.usual()) + "`");
            }
        }
    }

    @Property
    void write_anything_canBeReadAgain(@ForAll("thresholds") Thresholds some) {
        Thresholds read = parse(RulesFile.write(some));
        assertThat(read.off()).isEqualTo(some.off());
        assertThat(read.resident()).isEqualTo(some.resident());
        for (Mark mark : Mark.values()) {
            double wanted = some.isOn(mark.rule()) ? some.at(mark) : mark.usual();
            assertThat(read.at(mark)).isCloseTo(wanted, org.assertj.core.data.Offset.offset(1e-6));
        }
    }

    @Provide
    Arbitrary<Thresholds> thresholds() {
        Arbitrary<Set<Rule>> off = Arbitraries.of(Rule.class).set().ofMaxSize(5);
        Arbitrary<List<String>> models =
                Arbitraries.strings()
                        .withChars("abz:7#'\"-{}[]%@ ")
                        .ofMinLength(1)
                        .ofMaxLength(20)
                        .map(name -> "m" + name.strip().replaceAll(" +", " "))
                        .list()
                        .ofMaxSize(4);
        Arbitrary<Map<Mark, Double>> marks =
                Arbitraries.integers()
                        .between(0, 1000)
                        .list()
                        .ofSize(Mark.values().length)
                        .map(RulesFileTest::marks);
        return Combinators.combine(off, marks, models)
                .as((o, m, names) -> new Thresholds(new HashSet<>(o), m, names));
    }

    /** Each mark somewhere in its range; warnings below critical marks. */
    private static Map<Mark, Double> marks(List<Integer> thousandths) {
        Map<Mark, Double> marks = new EnumMap<>(Mark.class);
        for (Mark mark : Mark.values()) {
            double part = thousandths.get(mark.ordinal()) / 1000.0;
            marks.put(
                    mark,
                    switch (mark.unit()) {
                        case SHARE -> part / (mark.key().equals("warning") ? 2 : 1);
                        case CELSIUS -> part * 100;
                        case SECONDS -> part * 3600;
                        case BYTES -> (double) Math.round(part * (1L << 40));
                        case COUNT -> 1.0 + thousandths.get(mark.ordinal());
                    });
        }
        for (Mark mark : Arrays.asList(Mark.GPU_MEMORY_CRITICAL, Mark.HOST_MEMORY_CRITICAL)) {
            marks.merge(mark, 0.5, Math::max);
        }
        marks.merge(Mark.TEMPERATURE_CRITICAL, marks.get(Mark.TEMPERATURE_WARNING), Math::max);
        return marks;
    }

    @Property
    void parse_anyText_isReadOrRefusedWithASentence(@ForAll("texts") String text) {
        try {
            assertThat(parse(text)).isNotNull();
        } catch (UserError e) {
            assertThat(e.sentence()).startsWith("The rules' file r.yaml").doesNotContain("\n");
        }
    }

    /** The usual file with some letters changed, and rubbish. */
    @Provide
    Arbitrary<String> texts() {
        String usual = RulesFile.write(Thresholds.usual());
        Arbitrary<String> changed =
                Combinators.combine(
                                Arbitraries.integers().between(0, usual.length() - 1),
                                Arbitraries.integers().between(0, 12),
                                Arbitraries.strings()
                                        .withChars("ab: -[]{}%#'\"\n\t&*!|>0")
                                        .ofMaxLength(6))
                        .as((at, cut, put) ->
                                usual.substring(0, at)
                                        + put
                                        + usual.substring(Math.min(usual.length(), at + cut)));
        return Arbitraries.oneOf(changed, Arbitraries.strings().ofMaxLength(60));
    }
}
