package dev.stoker.alert;

import java.util.List;

/** Somebody who is told. */
public interface Outlet {

    /** Returns a stable name without secrets, under which unsent messages are kept. */
    String name();

    /**
     * Sends messages, in order, in a bounded time.
     *
     * @return what became of it; never throws for what the receiver does
     */
    Sent send(List<Message> messages) throws InterruptedException;

    /** What became of a try to send. */
    sealed interface Sent {
        /** It was taken. */
        record Taken() implements Sent {}

        /**
         * It was not.
         *
         * @param reason a sentence
         * @param later whether another try may help
         */
        record Failed(String reason, boolean later) implements Sent {}
    }
}
