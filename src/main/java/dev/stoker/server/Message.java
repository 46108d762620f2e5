package dev.stoker.server;

import java.util.List;

/**
 * One message of a conversation.
 *
 * @param role system, user or assistant
 * @param content text
 * @param images PNG or JPEG files, whole
 */
public record Message(String role, String content, List<byte[]> images) {
    public Message {
        images = List.copyOf(images);
    }

    public static Message user(String content) {
        return new Message("user", content, List.of());
    }

    public static Message system(String content) {
        return new Message("system", content, List.of());
    }
}
