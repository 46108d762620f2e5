package dev.stoker.load;

import dev.stoker.server.GenerationRequest;
import dev.stoker.server.Message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Prompts from a file, in its order, again from the start when it is used up. Used by the engine's
 * thread.
 */
public final class FilePrompts implements PromptSource {
    private final GenerationRequest base;
    private final List<PromptFile.Talk> talks;
    private final OptionalLong maxTokens;
    private final int turns;
    private final boolean nonce;
    private final List<byte[]> images;
    private final Nonces nonces = new Nonces();
    private int at;

    /**
     * @param base everything but the text
     * @param maxTokens for all, whatever the file says; empty to go by the file
     * @param turns at most so many of each conversation
     * @param nonce whether each prompt begins with words never used before
     * @param images go with each first turn
     */
    public FilePrompts(
            GenerationRequest base,
            List<PromptFile.Talk> talks,
            OptionalLong maxTokens,
            int turns,
            boolean nonce,
            List<byte[]> images) {
        this.base = base;
        this.talks = List.copyOf(talks);
        this.maxTokens = maxTokens;
        this.turns = turns;
        this.nonce = nonce;
        this.images = List.copyOf(images);
    }

    @Override
    public Ask next() {
        PromptFile.Talk talk = talks.get(at);
        at = (at + 1) % talks.size();
        List<Message> opening = new ArrayList<>(talk.opening());
        Message first = opening.removeLast();
        opening.add(new Message(first.role(), first.content(), images));
        GenerationRequest limited =
                maxTokens.isPresent()
                        ? base.maxTokens(maxTokens.getAsLong())
                        : talk.maxTokens().isPresent()
                                ? base.maxTokens(talk.maxTokens().getAsLong())
                                : base;
        return turn(nonce ? limited.nonce(nonces.next()) : limited, opening, talk, 1);
    }

    private Ask turn(
            GenerationRequest request, List<Message> messages, PromptFile.Talk talk, int turn) {
        GenerationRequest now = request.messages(messages);
        if (turn >= Math.min(turns, talk.turns().size())) {
            return Ask.single(now);
        }
        return new Ask(
                now,
                Optional.of(answer -> {
                    List<Message> history = new ArrayList<>(messages);
                    history.add(new Message("assistant", answer, List.of()));
                    history.add(Message.user(talk.turns().get(turn)));
                    return Optional.of(turn(request, history, talk, turn + 1));
                }));
    }
}
