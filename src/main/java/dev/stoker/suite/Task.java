package dev.stoker.suite;

import dev.stoker.json.Json;
import dev.stoker.server.Ability;
import dev.stoker.suite.check.Check;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What is asked of a model, and how the answer is checked. A prompt without checks is one, too.
 *
 * @param name short and unique in its suite
 * @param form the whole as JSON, as it stands in suite files: it can be read back from that
 * @param system what stands before the conversation
 * @param turns what the user says; at least one. Between them the model gives its own answers.
 * @param pictures go with the first turn
 * @param maxTokens each answer is cut there
 * @param temperature empty for 0
 * @param think whether a reasoning model shall reason; empty leaves it to the model
 * @param answerSchema what the server is asked to hold the answer to, by its own feature
 * @param haystack the long text that the last turn asks about
 * @param checks of the last answer; none where only speed is measured
 */
public record Task(
        String name,
        String form,
        Optional<String> system,
        List<String> turns,
        List<Picture> pictures,
        long maxTokens,
        OptionalDouble temperature,
        Optional<Boolean> think,
        Optional<String> answerSchema,
        Optional<Haystack> haystack,
        List<Check> checks) {
    public Task {
        turns = List.copyOf(turns);
        pictures = List.copyOf(pictures);
        checks = List.copyOf(checks);
    }

    /** Returns a prompt that is measured and not checked. */
    public static Task prompt(String name, String text, long maxTokens) {
        ObjectNode form =
                Json.object().put("name", name).put("prompt", text).put("max_tokens", maxTokens);
        return new Task(
                name,
                Json.write(form),
                Optional.empty(),
                List.of(text),
                List.of(),
                maxTokens,
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /** Returns about how many tokens the prompts of all turns have, for a guess of the time. */
    public long promptTokens() {
        long each = turns.stream().mapToLong(t -> t.length() / 4).sum();
        return each
                + haystack.map(Haystack::tokens).orElse(0)
                + pictures.size() * 800L
                + (turns.size() - 1) * maxTokens;
    }

    /** Returns this with its long text of another length; unchanged where it has none. */
    public Task withHaystack(int tokens) {
        if (haystack.isEmpty()) {
            return this;
        }
        ObjectNode changed =
                Json.parse(form)
                        .orElseThrow(() -> new IllegalStateException("the form is no JSON"))
                        .asObject();
        changed.path("haystack").asObject().put("tokens", tokens);
        return TaskForms.read(changed);
    }

    public boolean isChecked() {
        return !checks.isEmpty();
    }

    /**
     * Returns why this can't be asked of a model; empty if it can, as far as the server tells.
     *
     * @param capabilities the server's words for what the model can do; empty if it has none
     * @param abilities of the server
     */
    public Optional<String> unsuited(Set<String> capabilities, Set<Ability> abilities) {
        if (!pictures.isEmpty() && !capabilities.isEmpty() && !capabilities.contains("vision")) {
            return Optional.of("the model can not see pictures");
        }
        return answerSchema.isPresent() && !abilities.contains(Ability.STRUCTURED_OUTPUT)
                ? Optional.of("the server is not known to hold answers to a schema")
                : Optional.empty();
    }
}
