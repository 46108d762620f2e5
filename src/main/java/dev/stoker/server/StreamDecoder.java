package dev.stoker.server;

import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.ResponseHead;
import dev.stoker.http.ResponseSink;
import dev.stoker.trace.ServerTimings;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Turns one answer's bytes, in pieces of any size, into {@link StreamEvent}s. It does no I/O and
 * never blocks, so that a thread for each connection and a loop over many connections can both
 * drive it. One instance an answer, one thread at a time.
 *
 * <p>The driver calls {@link #head}, {@link #body} and, once, {@link #end}. Exactly one {@code End}
 * or {@code Fault} is the last event; what comes after it is ignored.
 */
public abstract class StreamDecoder implements ResponseSink {
    private static final int LARGEST_ERROR = 256 << 10;

    private final StreamEvents events;
    private final Failures failures;
    private final String model;
    private final boolean wantsText;
    private final LineSplitter lines = new LineSplitter();
    private final LineSplitter.Lines takeLine = this::lineIfOpen;
    private @Nullable ByteArrayOutputStream error;
    private int status;
    private long nanos;
    private boolean over;

    /**
     * @param failures reads what the server says went wrong
     * @param model what the request is for
     */
    protected StreamDecoder(StreamEvents events, Failures failures, String model) {
        this.events = events;
        this.wantsText = events.wantsText();
        this.failures = failures;
        this.model = model;
    }

    /** Takes one line of a successful answer, without its end. */
    protected abstract void line(byte[] buffer, int offset, int length);

    /**
     * The answer's body ended in good order: emits {@code End}, or the {@code Fault} of an answer
     * that isn't whole.
     */
    protected abstract void finish();

    /** Returns whether all that makes the answer whole has come, though its body has not ended. */
    protected abstract boolean isWhole();

    @Override
    public final void head(ResponseHead head, long at) {
        nanos = at;
        status = head.status();
        if (!over) {
            events.on(new StreamEvent.Headers(at, head));
        }
    }

    @Override
    public final void body(byte[] buffer, int offset, int length, long at) {
        if (over) {
            return;
        }
        nanos = at;
        if (!isSuccess()) {
            if (error == null) {
                error = new ByteArrayOutputStream();
            }
            error.write(buffer, offset, Math.min(length, LARGEST_ERROR - error.size()));
        } else if (!lines.feed(buffer, offset, length, takeLine) && !over) {
            fault(new ServerFailure.BadAnswer(status, "a line of more than 16 MiB"));
        }
    }

    @Override
    public final long fetch() {
        return status + lines.fetch() + events.fetch();
    }

    /** Says how the exchange ended; the last call. */
    public final void end(ExchangeEnd end, long at) {
        if (over) {
            return;
        }
        nanos = Math.max(nanos, at);
        boolean headSeen = status != 0;
        if (headSeen
                && !isSuccess()
                && (end instanceof ExchangeEnd.Complete || end instanceof ExchangeEnd.Cut)) {
            String said = error == null ? "" : error.toString(StandardCharsets.UTF_8);
            fault(failures.ofStatus(status, said, model, false));
        } else if (end instanceof ExchangeEnd.Complete) {
            lines.flush(takeLine);
            if (!over) {
                finish();
            }
            if (!over) {
                fault(new ServerFailure.StreamCut(""));
            }
        } else if (isWhole() && !(end instanceof ExchangeEnd.Cancelled)) {
            finish();
        } else {
            fault(failures.ofEnd(end));
        }
    }

    /** Returns whether the last event was emitted. */
    public final boolean isOver() {
        return over;
    }

    private boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    private void lineIfOpen(byte[] buffer, int offset, int length) {
        if (!over) {
            line(buffer, offset, length);
        }
    }

    /** Returns whether texts are wanted, or only the lengths of chunks. */
    protected final boolean wantsText() {
        return wantsText;
    }

    protected final void token(String text) {
        if (!wantsText) {
            chunk(false, text.length());
        } else if (!text.isEmpty()) {
            events.on(new StreamEvent.Token(nanos, text));
        }
    }

    protected final void reasoning(String text) {
        if (!wantsText) {
            chunk(true, text.length());
        } else if (!text.isEmpty()) {
            events.on(new StreamEvent.Reasoning(nanos, text));
        }
    }

    /** A chunk of text that nobody wants; nothing if it has no characters. */
    protected final void chunk(boolean reasoning, int chars) {
        if (chars > 0) {
            events.chunk(nanos, reasoning, chars);
        }
    }

    protected final void toolCall(String json) {
        events.on(new StreamEvent.ToolCall(nanos, json));
    }

    protected final void usage(ServerTimings timings) {
        events.on(new StreamEvent.Usage(nanos, timings));
    }

    protected final void done(String finishReason) {
        over = true;
        events.on(new StreamEvent.End(nanos, finishReason));
    }

    protected final void fault(ServerFailure failure) {
        over = true;
        events.on(new StreamEvent.Fault(nanos, failure));
    }

    /** Ends the stream with the error that the server reported inside it. */
    protected final void fault(ErrorText reported) {
        fault(failures.ofStreamError(reported, model));
    }
}
