package dev.stoker.server.state;

import dev.stoker.server.ServerFailure;

/** Whether a server works, as far as harmless questions can tell. */
public sealed interface Health {

    /** It answers. */
    record Up() implements Health {}

    /** It answers that it is loading its model. */
    record Loading(String detail) implements Health {}

    /** It could not be found out in time what answers there. */
    record Unknown(String detail) implements Health {}

    /** It does not answer as such a server does. */
    record Down(ServerFailure failure) implements Health {}

    /** Returns the stable name used in JSON. */
    default String code() {
        return switch (this) {
            case Up _ -> "up";
            case Loading _ -> "loading";
            case Unknown _ -> "unknown";
            case Down _ -> "down";
        };
    }

    /** Returns why it is not up, in words; an empty text when it is. */
    default String reason() {
        return switch (this) {
            case Up _ -> "";
            case Loading(String detail) -> detail;
            case Unknown(String detail) -> detail;
            case Down(ServerFailure failure) -> failure.sentence();
        };
    }
}
