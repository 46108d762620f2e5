package dev.stoker.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;
import dev.stoker.json.Json;
import dev.stoker.server.Ability;
import dev.stoker.suite.picture.VisionSuite;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

class SuitesTest {
    @TempDir Path folder;

    private Suite read(String text) {
        return Suites.read("The suite s.yaml", text, folder);
    }

    @Test
    void standard_always_coversWhatItPromises() {
        assertThat(Suites.find("standard", 42).tests())
                .extracting(Task::name)
                .contains(
                        "health",
                        "reasoning-short",
                        "reasoning-long",
                        "code",
                        "json-asked",
                        "json-schema",
                        "instruction-words",
                        "multi-turn",
                        "needle-10",
                        "needle-50",
                        "needle-90")
                .doesNotHaveDuplicates();
        assertThat(Suites.find("standard", 42).tests()).allMatch(Task::isChecked);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 42, 99999})
    void vision_ofAnySeed_canBeReadAndDrawn(long seed) {
        Suite suite = Suites.find("vision", seed);
        assertThat(suite.tests()).hasSizeGreaterThan(10).allMatch(Task::isChecked);
        assertThat(suite.tests()).allMatch(t -> t.pictures().size() == 1);
        assertThat(VisionSuite.yaml(seed)).isEqualTo(VisionSuite.yaml(seed));
        assertThat(VisionSuite.yaml(seed)).isNotEqualTo(VisionSuite.yaml(seed + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "vision"})
    void shown_asAFile_isTheSameSuite(String name) throws IOException {
        Path file = Files.writeString(folder.resolve("own.yaml"), Suites.text(name, 42));
        assertThat(Suites.find(file.toString(), 7).tests())
                .extracting(Task::form)
                .isEqualTo(Suites.find(name, 42).tests().stream().map(Task::form).toList());
    }

    @Test
    void task_writtenIntoARun_isReadBackWhole() {
        for (String name : new String[] {"standard", "vision"}) {
            for (Task task : Suites.find(name, 42).tests()) {
                Task back = TaskForms.read(Json.parse(task.form()).orElseThrow());
                assertThat(back.form()).isEqualTo(task.form());
                assertThat(back.turns()).isEqualTo(task.turns());
                assertThat(back.checks()).hasSameSizeAs(task.checks());
                assertThat(back.answerSchema()).isEqualTo(task.answerSchema());
                assertThat(back.pictures()).hasSameSizeAs(task.pictures());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tets: [] | line 1: the key 'tets' is not known | Did you mean 'tests'?",
                "suite: x\\ntests:\\n- name: a\\n  promt: b | line 4: the key 'promt' | 'prompt'",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  checks:\\n"
                        + "  - numbr: 4 | line 6 | 'number'",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  checks:\\n"
                        + "  - number: four | line 6: a number | ''",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  checks:\\n"
                        + "  - number: 1\\n"
                        + "    words: 2 | one key | list",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  max_tokens: 0 | line 5: a whole number | ''",
                "suite: x\\ntests:\\n- name: a | line 3: a test has either | prompt",
                "suite: x\\ntests:\\n- name: a\\n  prompt: 12 | line 4: a text | Put it in quotes",
                "suite: x\\ntests:\\n- name: a b\\n  prompt: c | line 3: this name | ''",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: c\\n- name: a\\n"
                        + "  prompt: c | two tests | ''",
                "suite: x\\ntests: [] | line 2: the list is empty | ''",
                "suite: x | the key 'tests' is missing | ''",
                "suite: [ | no YAML | suite.md",
                "suite: x\\nsuite: y | stands there twice | ''",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  images: [gone.png] | line 5: the picture | relative",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  pictures:\\n"
                        + "  - draw: cat | line 6: the picture can not be drawn | suite.md",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  checks:\\n"
                        + "  - json: {schema: {tpye: object}} | line 6: the schema | suite.md",
                "suite: x\\ntests:\\n- name: a\\n"
                        + "  prompt: b\\n"
                        + "  answer_schema: true | line 5: there is no json check | ''",
            })
    void suite_writtenWrongly_isRefusedWithItsLineAndAHint(String text, String why, String hint) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .isInstanceOfSatisfying(
                        UserError.class,
                        e -> {
                            assertThat(e.sentence()).contains(why);
                            assertThat(e.hint()).contains(hint.replace("''", ""));
                        });
    }

    @Test
    void name_ofNoFile_isRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> Suites.find("standart", 1))
                .isInstanceOfSatisfying(
                        UserError.class, e -> assertThat(e.hint()).contains("standard, vision"));
    }

    @Test
    void picture_besideTheFile_isFoundAndItsChangeNoticed() throws IOException {
        Path png = folder.resolve("p.png");
        Files.write(png, Suites.find("vision", 1).tests().getFirst().pictures().getFirst().bytes());
        Task task =
                read("suite: x\ntests:\n- name: a\n  prompt: b\n  images: [p.png]\n")
                        .tests()
                        .getFirst();
        assertThat(task.pictures().getFirst().bytes()).isEqualTo(Files.readAllBytes(png));
        Task back = TaskForms.read(Json.parse(task.form()).orElseThrow());
        Files.write(png, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> back.pictures().getFirst().bytes())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("not the one");
    }

    @Test
    void task_withPictures_isUnsuitedForAModelThatCanNotSee() {
        Task task = Suites.find("vision", 1).tests().getFirst();
        assertThat(task.unsuited(Set.of("completion"), Set.of())).isPresent();
        assertThat(task.unsuited(Set.of("completion", "vision"), Set.of())).isEmpty();
        assertThat(task.unsuited(Set.of(), Set.of())).as("the server tells nothing").isEmpty();
        Task json = test("json-schema");
        assertThat(json.unsuited(Set.of(), Set.of())).isPresent();
        assertThat(json.unsuited(Set.of(), Set.of(Ability.STRUCTURED_OUTPUT))).isEmpty();
    }

    private static Task test(String name) {
        return Suites.find("standard", 42).tests().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void haystack_atEveryDepth_holdsItsNeedleThereAndFits() {
        for (Map.Entry<String, Double> e :
                Map.of("needle-10", 0.1, "needle-50", 0.5, "needle-90", 0.9).entrySet()) {
            Haystack haystack = test(e.getKey()).haystack().orElseThrow();
            String text = haystack.text();
            double at = text.indexOf(haystack.needle()) / (double) text.length();
            assertThat(at).isBetween(e.getValue() - 0.05, e.getValue() + 0.05);
            assertThat(text).isEqualTo(haystack.text());
            assertThat(Haystack.wordsIn(text)).isBetween(2000L, 3000L);
        }
        assertThat(test("needle-10").withHaystack(900).haystack().orElseThrow().tokens())
                .isEqualTo(900);
        assertThat(Conversation.of(test("needle-10"), 400)).isEmpty();
        Conversation talk = Conversation.of(test("needle-10"), 1500).orElseThrow();
        talk.ask();
        assertThat(talk.words()).isBetween(800L, 1236L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "hello ; hello ; false",
                "<think>a</think> b ; b ; true",
                "<think>a ; '' ; true",
                "a</think>b ; b ; true",
                "<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>final"
                        + "<|message|>y ; y ; true",
                "<|channel|>analysis<|message|>x ; '' ; true",
                "1 < 2 <thin> ; 1 < 2 <thin> ; false",
            })
    void spoken_withThinkingInIt_isTheAnswerAlone(String text, String answer, boolean thought) {
        assertThat(Spoken.of(text)).isEqualTo(new Spoken(answer, thought));
    }
}
