package dev.stoker.server;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts a request's nonce before everything that a server could have cached: at the start of a raw
 * prompt, or as the first words of the system message, which templates place first. Behind the
 * template's own head (a few tokens) nothing is then found in a cache. Pure.
 */
public final class Nonce {
    private Nonce() {}

    /** Returns the messages with the nonce in front. */
    public static List<Message> inMessages(GenerationRequest request) {
        if (request.nonce().isEmpty()) {
            return request.messages();
        }
        String nonce = request.nonce().get();
        List<Message> messages = new ArrayList<>(request.messages());
        if (messages.getFirst().role().equals("system")) {
            Message first = messages.getFirst();
            messages.set(
                    0, new Message(first.role(), nonce + " " + first.content(), first.images()));
        } else {
            messages.addFirst(Message.system(nonce));
        }
        return messages;
    }

    /** Returns the raw prompt with the nonce in front. */
    public static String inPrompt(GenerationRequest request) {
        String prompt = request.rawPrompt().orElseThrow();
        return request.nonce().map(n -> n + " " + prompt).orElse(prompt);
    }
}
