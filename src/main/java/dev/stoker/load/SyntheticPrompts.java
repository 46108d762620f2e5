package dev.stoker.load;

import dev.stoker.server.GenerationRequest;
import dev.stoker.server.Message;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prompts made of words, of a wanted number of tokens. Each begins with words that no server has
 * seen together before (60 random bits), so that nothing is answered from a cache; with a shared
 * prefix these words come behind it, so that the prefix alone can be. All are of one length. Used
 * by the engine's thread.
 */
public final class SyntheticPrompts implements PromptSource {
    static final int NONCE_WORDS = 10;

    private final GenerationRequest base;
    private final Shape shape;
    private final int words;
    private final String prefix;
    private final Words content;
    private final Words nonces = new Words(new SecureRandom().nextLong());

    /**
     * What the prompts look like.
     *
     * @param sharedPrefix share of each prompt's words that is the same in all, 0 to 1
     * @param nonce whether each prompt begins with words never used before
     * @param turns of a conversation; each has a text of its own
     * @param images PNG or JPEG files that go with the first turn
     * @param seed of the words
     */
    public record Shape(
            double sharedPrefix, boolean nonce, int turns, List<byte[]> images, long seed) {
        public Shape {
            images = List.copyOf(images);
        }
    }

    /**
     * @param base everything but the text
     * @param words how many words the text of a turn has
     */
    public SyntheticPrompts(GenerationRequest base, Shape shape, int words) {
        this.base = base;
        this.shape = shape;
        this.words = words;
        int shared = (int) Math.round(words * shape.sharedPrefix());
        this.prefix = new Words(shape.seed()).next(shared);
        this.content = new Words(shape.seed() + 1);
    }

    @Override
    public Ask next() {
        return turn(List.of(), 1);
    }

    /**
     * Returns whether the nonce goes the dialect's way: before the template's own text, with the
     * server's cache switched off. Not where a cache is what is looked at (a shared prefix, the
     * turns before): then it is the text's first words.
     */
    private boolean nonceBeforeAll() {
        return shape.nonce() && shape.sharedPrefix() == 0 && shape.turns() == 1;
    }

    private Ask turn(List<Message> before, int turn) {
        List<Message> messages = new ArrayList<>(before);
        boolean first = before.isEmpty();
        messages.add(new Message("user", text(first), first ? shape.images() : List.of()));
        GenerationRequest plain = base.messages(messages);
        GenerationRequest request =
                nonceBeforeAll() ? plain.nonce(nonces.next(NONCE_WORDS).strip()) : plain;
        return turn >= shape.turns()
                ? Ask.single(request)
                : new Ask(
                        request,
                        Optional.of(answer -> {
                            List<Message> history = new ArrayList<>(messages);
                            history.add(new Message("assistant", answer, List.of()));
                            return Optional.of(turn(history, turn + 1));
                        }));
    }

    /** Only the first turn needs what is new: the later ones stand behind it. */
    private String text(boolean first) {
        String start = first ? prefix : "";
        int left = words - (first ? (int) Math.round(words * shape.sharedPrefix()) : 0);
        boolean needsFresh = first && shape.nonce() && !nonceBeforeAll();
        int fresh = needsFresh ? Math.min(NONCE_WORDS, left) : 0;
        String rest = content.next(left - fresh);
        return (start.isEmpty() && fresh == 0 ? rest : start + nonces.next(fresh) + rest).strip();
    }
}
