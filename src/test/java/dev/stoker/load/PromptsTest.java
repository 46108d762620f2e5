package dev.stoker.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.UserError;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.Message;
import dev.stoker.server.ServerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

class PromptsTest {
    private static final GenerationRequest BASE = GenerationRequest.chat("m", "-").maxTokens(8);

    private static SyntheticPrompts.Shape shape(double shared, boolean nonce, int turns) {
        return new SyntheticPrompts.Shape(shared, nonce, turns, List.of(), 1);
    }

    private static String text(GenerationRequest request) {
        return request.messages().getLast().content();
    }

    @Test
    void words_always_areSoManyAndBeginWithANonceNeverUsedBefore() {
        PromptSource prompts = new SyntheticPrompts(BASE, shape(0, true, 1), 50);
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            GenerationRequest request = prompts.next().request();
            assertThat(text(request).split(" ")).hasSize(50);
            assertThat(request.nonce().orElseThrow().split(" ")).hasSize(10);
            nonces.add(request.nonce().orElseThrow());
        }
        assertThat(nonces).hasSize(100);
    }

    @Test
    void sharedPrefix_always_isTheSameInAllAndTheRestIsNot() {
        PromptSource prompts = new SyntheticPrompts(BASE, shape(0.8, true, 1), 100);
        String a = text(prompts.next().request());
        String b = text(prompts.next().request());
        List<String> wordsOfA = List.of(a.split(" "));
        List<String> wordsOfB = List.of(b.split(" "));
        assertThat(wordsOfA.subList(0, 80)).isEqualTo(wordsOfB.subList(0, 80));
        assertThat(wordsOfA.subList(80, 100)).isNotEqualTo(wordsOfB.subList(80, 100));
    }

    @Test
    void prompts_withoutNonce_areTheSameForTheSameSeed() {
        GenerationRequest a = new SyntheticPrompts(BASE, shape(0, false, 1), 30).next().request();
        GenerationRequest b = new SyntheticPrompts(BASE, shape(0, false, 1), 30).next().request();
        assertThat(text(a)).isEqualTo(text(b));
        assertThat(a.nonce()).isEmpty();
    }

    @Test
    void conversation_always_growsByTheAnswersAndEnds() {
        Ask first = new SyntheticPrompts(BASE, shape(0, true, 3), 20).next();
        Ask second = first.next().orElseThrow().after("yes").orElseThrow();
        Ask third = second.next().orElseThrow().after("no").orElseThrow();
        assertThat(third.request().messages())
                .extracting(Message::role)
                .containsExactly("user", "assistant", "user", "assistant", "user");
        assertThat(third.request().messages().get(1).content()).isEqualTo("yes");
        assertThat(third.next()).isEmpty();
    }

    @Test
    void promptSize_byWhatTheServerCounts_isExact(@TempDir Path results) throws ServerException {
        LoadRig rig = new LoadRig(results);
        // Counts the words of the user's message as it came, and 23 tokens of template.
        rig.answers(out -> {
            String body = rig.server.questions().getLast().body();
            String user = body.substring(body.lastIndexOf("\"content\":\"") + 11);
            int words = user.substring(0, user.indexOf('"')).split(" ").length;
            LoopbackServer.text(
                            LoadRig.HEAD
                                    + LoadRig.chunk(
                                            LoadRig.token(" a")
                                                    + LoadRig.end(1)
                                                            .replace(
                                                                    "\"prompt_tokens\":7",
                                                                    "\"prompt_tokens\":"
                                                                            + (words + 23)))
                                    + LoadRig.LAST_CHUNK)
                    .write(out);
        });
        PromptSize size =
                PromptSize.find(
                        rig.openAi(),
                        512,
                        words ->
                                new SyntheticPrompts(BASE, shape(0, true, 1), words)
                                        .next()
                                        .request());
        assertThat(size.tokens()).isEqualTo(512);
        assertThat(size.words()).isEqualTo(489);
        assertThat(size.byTokenizer()).isFalse();
        assertThat(size.requests()).isEqualTo(2);
    }

    @Test
    void promptSize_byTheServersTokenizer_sendsNoRequestForText(@TempDir Path results)
            throws ServerException {
        LoadRig rig = new LoadRig(results);
        rig.server.on("POST /tokenize", LoopbackServer.json(200, "{\"count\":100,\"tokens\":[]}"));
        PromptSize size =
                PromptSize.find(
                        rig.openAi(),
                        100,
                        words ->
                                new SyntheticPrompts(BASE, shape(0, true, 1), words)
                                        .next()
                                        .request());
        assertThat(size.byTokenizer()).isTrue();
        assertThat(size.requests()).isZero();
        assertThat(rig.server.asked()).containsExactly("POST /tokenize");
    }

    @Test
    void file_inAnyKnownForm_isRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("prompts.jsonl");
        Files.writeString(
                file,
                """
                {"prompt": "one", "max_tokens": 5}

                {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "two"}]}
                {"conversations": [{"from": "human", "value": "three"}, {"from": "gpt", "value": "x"}, {"from": "human", "value": "four"}]}
                """);
        List<PromptFile.Talk> talks = PromptFile.read(file);
        assertThat(talks).hasSize(3);
        assertThat(talks.get(0).maxTokens()).hasValue(5);
        assertThat(talks.get(1).system()).isEqualTo("s");
        assertThat(talks.get(2).turns()).containsExactly("three", "four");

        PromptSource prompts =
                new FilePrompts(BASE, talks, OptionalLong.empty(), 2, true, List.of());
        Ask one = prompts.next();
        assertThat(one.request().maxTokens()).hasValue(5);
        assertThat(one.wantsText()).isFalse();
        prompts.next();
        Ask three = prompts.next();
        Ask four = three.next().orElseThrow().after("said").orElseThrow();
        assertThat(four.request().messages())
                .extracting(Message::content)
                .containsExactly("three", "said", "four");
        assertThat(text(prompts.next().request())).isEqualTo("one");
    }

    @Test
    void file_asOneListOfShareGpt_isRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("share.json");
        Files.writeString(
                file, "[{\"id\":\"a\",\"conversations\":[{\"from\":\"human\",\"value\":\"hi\"}]}]");
        assertThat(PromptFile.read(file).getFirst().turns()).containsExactly("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "{}",
                "[{}]",
                "{\"prompt\": 3}",
                "{\"prompt\":\"a\",\"max_tokens\":0}"
            })
    void file_thatHoldsSomethingElse_isRefused(String text, @TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("prompts.jsonl");
        Files.writeString(file, text);
        assertThatThrownBy(() -> PromptFile.read(file)).isInstanceOf(UserError.class);
    }
}
