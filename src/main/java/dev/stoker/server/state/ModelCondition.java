package dev.stoker.server.state;

import dev.stoker.base.Reading;

/** What a server's model is doing: the server's word, and what its runner itself says. */
public sealed interface ModelCondition {

    /** In memory; where the runner can be asked it has answered. */
    record Loaded() implements ModelCondition {}

    /** On its way into memory. */
    record Loading(String detail) implements ModelCondition {}

    /** Taken out of memory until the next request. */
    record Sleeping() implements ModelCondition {}

    /**
     * It could not be loaded, or its runner ended.
     *
     * @param exitCode of its runner
     */
    record Failed(Reading<Long> exitCode) implements ModelCondition {}

    /** Listed as loaded, but no runner of it lives: the next request will load it again. */
    record RunnerGone() implements ModelCondition {}

    /** Its runner lives and does not answer. */
    record Silent(String detail) implements ModelCondition {}

    /** Returns the stable name used in JSON. */
    default String code() {
        return switch (this) {
            case Loaded _ -> "loaded";
            case Loading _ -> "loading";
            case Sleeping _ -> "sleeping";
            case Failed _ -> "failed";
            case RunnerGone _ -> "runner-gone";
            case Silent _ -> "silent";
        };
    }
}
