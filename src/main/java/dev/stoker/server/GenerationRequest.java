package dev.stoker.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One request for text.
 *
 * @param model as the server names it
 * @param messages the conversation, at least one message; ignored when {@code rawPrompt} is set
 * @param rawPrompt a prompt that is sent as it is, without the model's template
 * @param nonce a text never used before that the dialect places before everything a server could
 *     have cached, where its protocol allows it, and after switching off the caches that can be
 *     switched off
 * @param maxTokens at most so many output tokens
 * @param seed for servers that honour one
 * @param temperature 0 for the most likely token
 * @param think whether a reasoning model shall reason; empty leaves it to the model
 * @param answerSchema a JSON schema as text, which the server is asked to hold the answer to by its
 *     own feature; see {@code Ability.STRUCTURED_OUTPUT}
 * @param ignoreEos whether to go on after the end-of-text token, where the server can
 * @param runner how the model is to be loaded if it isn't
 * @param stall after so long without any byte the request counts as stalled
 */
public record GenerationRequest(
        String model,
        List<Message> messages,
        Optional<String> rawPrompt,
        Optional<String> nonce,
        OptionalLong maxTokens,
        OptionalLong seed,
        OptionalDouble temperature,
        Optional<Boolean> think,
        Optional<String> answerSchema,
        boolean ignoreEos,
        RunnerOptions runner,
        Duration stall) {
    public GenerationRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty() && rawPrompt.isEmpty()) {
            throw new IllegalArgumentException("a request needs a message or a raw prompt");
        }
    }

    /**
     * Returns a request with one user message and nothing else set; 120 s of silence are a stall.
     */
    public static GenerationRequest chat(String model, String prompt) {
        return new GenerationRequest(
                model,
                List.of(Message.user(prompt)),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                RunnerOptions.defaults(),
                Duration.ofSeconds(120));
    }

    public GenerationRequest maxTokens(long tokens) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                OptionalLong.of(tokens),
                seed,
                temperature,
                think,
                answerSchema,
                ignoreEos,
                runner,
                stall);
    }

    public GenerationRequest nonce(String text) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                Optional.of(text),
                maxTokens,
                seed,
                temperature,
                think,
                answerSchema,
                ignoreEos,
                runner,
                stall);
    }

    public GenerationRequest deterministic(long fixedSeed) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                OptionalLong.of(fixedSeed),
                OptionalDouble.of(0),
                think,
                answerSchema,
                ignoreEos,
                runner,
                stall);
    }

    public GenerationRequest messages(List<Message> conversation) {
        return new GenerationRequest(
                model,
                conversation,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                temperature,
                think,
                answerSchema,
                ignoreEos,
                runner,
                stall);
    }

    public GenerationRequest ignoreEos(boolean ignore) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                temperature,
                think,
                answerSchema,
                ignore,
                runner,
                stall);
    }

    public GenerationRequest runner(RunnerOptions options) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                temperature,
                think,
                answerSchema,
                ignoreEos,
                options,
                stall);
    }

    public GenerationRequest stall(Duration silence) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                temperature,
                think,
                answerSchema,
                ignoreEos,
                runner,
                silence);
    }

    public GenerationRequest temperature(double degree) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                OptionalDouble.of(degree),
                think,
                answerSchema,
                ignoreEos,
                runner,
                stall);
    }

    public GenerationRequest think(boolean reason) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                temperature,
                Optional.of(reason),
                answerSchema,
                ignoreEos,
                runner,
                stall);
    }

    public GenerationRequest answerSchema(String schema) {
        return new GenerationRequest(
                model,
                messages,
                rawPrompt,
                nonce,
                maxTokens,
                seed,
                temperature,
                think,
                Optional.of(schema),
                ignoreEos,
                runner,
                stall);
    }
}
