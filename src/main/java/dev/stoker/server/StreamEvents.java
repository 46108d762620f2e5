package dev.stoker.server;

/** Takes the events of one answer, in order, from one thread. */
@FunctionalInterface
public interface StreamEvents {
    void on(StreamEvent event);
}
