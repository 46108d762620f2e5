package dev.stoker.server;

import dev.stoker.http.ResponseHead;
import dev.stoker.trace.ServerTimings;

/**
 * What happens in one answer, in order. A stream is any number of events, ended by exactly one
 * {@link End} or {@link Fault}. {@code nanos} is the clock's reading at the read that brought the
 * bytes, so events of one read share a stamp.
 */
public sealed interface StreamEvent {
    long nanos();

    /** The status and headers came. */
    record Headers(long nanos, ResponseHead head) implements StreamEvent {}

    /** A chunk of the answer's text; never empty. A chunk is not a token. */
    record Token(long nanos, String text) implements StreamEvent {}

    /** A chunk of reasoning; never empty. */
    record Reasoning(long nanos, String text) implements StreamEvent {}

    /** A chunk of a tool call. */
    record ToolCall(long nanos, String json) implements StreamEvent {}

    /** What the server says of the request; the last one counts. */
    record Usage(long nanos, ServerTimings timings) implements StreamEvent {}

    /**
     * The answer came to its proper end; {@code finishReason} is the server's word (stop, length,
     * tool_calls …).
     */
    record End(long nanos, String finishReason) implements StreamEvent {}

    /** The answer failed. */
    record Fault(long nanos, ServerFailure failure) implements StreamEvent {}
}
