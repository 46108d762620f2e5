package dev.stoker.load;

import dev.stoker.server.GenerationRequest;
import dev.stoker.server.Message;

import java.security.SecureRandom;
import java.util.List;

/**
 * The prompts of a recorded load, in its order; those of which only the length is known are made of
 * words. Used by the engine's thread.
 */
public final class TracePrompts implements PromptSource {
    private final GenerationRequest base;
    private final List<TraceFile.Entry> entries;
    private final long overhead;
    private final Words words;
    private final Words nonces = new Words(new SecureRandom().nextLong());
    private int at;

    /**
     * @param base everything but the text; its limit of tokens holds where the trace has none
     * @param overhead tokens of a prompt beside its words (the template, the nonce)
     */
    public TracePrompts(
            GenerationRequest base, List<TraceFile.Entry> entries, long overhead, long seed) {
        this.base = base;
        this.entries = List.copyOf(entries);
        this.overhead = overhead;
        this.words = new Words(seed);
    }

    @Override
    public Ask next() {
        TraceFile.Entry entry = entries.get(at);
        at = (at + 1) % entries.size();
        String text =
                entry.prompt()
                        .orElseGet(() -> {
                            long wanted = entry.promptTokens().orElseThrow() - overhead;
                            return words.next((int) Math.max(1, wanted)).strip();
                        });
        GenerationRequest request =
                base.messages(List.of(Message.user(text)))
                        .nonce(nonces.next(SyntheticPrompts.NONCE_WORDS).strip());
        return Ask.single(
                entry.maxTokens().isPresent()
                        ? request.maxTokens(entry.maxTokens().getAsLong())
                        : request);
    }
}
