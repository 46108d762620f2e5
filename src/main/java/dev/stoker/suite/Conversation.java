package dev.stoker.suite;

import dev.stoker.server.GenerationRequest;
import dev.stoker.server.Message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A test as it is asked: its messages so far. Used by one thread. */
public final class Conversation {
    /** What the question, the template and a nonce take beside the long text. */
    private static final long BESIDE = 200;

    private final Task task;
    private final Optional<Haystack> haystack;
    private final List<Message> messages = new ArrayList<>();
    private int asked;

    private Conversation(Task task, Optional<Haystack> haystack) {
        this.task = task;
        this.haystack = haystack;
        task.system().map(Message::system).ifPresent(messages::add);
    }

    /**
     * Begins a conversation; a long text is made as long as it fits.
     *
     * @param context how many tokens the model's context has
     * @return empty if even a short text does not fit
     */
    public static Optional<Conversation> of(Task task, long context) {
        if (task.haystack().isEmpty()) {
            return Optional.of(new Conversation(task, Optional.empty()));
        }
        Haystack fitting = task.haystack().get().within(context - task.maxTokens() - BESIDE);
        return fitting.tokens() < Haystack.SHORTEST
                ? Optional.empty()
                : Optional.of(new Conversation(task, Optional.of(fitting)));
    }

    /** Adds what the user says next. */
    public void ask() {
        String text = task.turns().get(asked);
        asked++;
        boolean last = asked == task.turns().size();
        if (last && haystack.isPresent()) {
            text = haystack.get().text() + "\n\n" + text;
        }
        List<byte[]> pictures =
                asked == 1 ? task.pictures().stream().map(Picture::bytes).toList() : List.of();
        messages.add(new Message("user", text, pictures));
    }

    /** Adds what the model answered. */
    public void answered(String text) {
        messages.add(new Message("assistant", text, List.of()));
    }

    /** Returns how many words the messages hold that were asked with the last question. */
    public long words() {
        return messages.stream()
                .filter(m -> !m.role().equals("assistant"))
                .mapToLong(m -> Haystack.wordsIn(m.content()))
                .sum();
    }

    /** Returns a request with the messages so far, and the test's own options. */
    public GenerationRequest over(GenerationRequest base) {
        GenerationRequest request = base.messages(messages);
        if (task.temperature().isPresent()) {
            request = request.temperature(task.temperature().getAsDouble());
        }
        if (task.think().isPresent()) {
            request = request.think(task.think().get());
        }
        return task.answerSchema().isPresent()
                ? request.answerSchema(task.answerSchema().get())
                : request;
    }
}
