package dev.stoker.load;

import dev.stoker.base.Clock;
import dev.stoker.http.SendStamps;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.StreamEvent;
import dev.stoker.server.StreamEvents;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns the events of one answer into a {@link RequestTrace}. One instance a request, used by one
 * thread; the counters may be read by another one for a progress display.
 */
public final class TraceRecorder implements StreamEvents, SendStamps {
    private static final int LONGEST_TEXT = 1 << 20;
    private static final int USUAL_CHUNKS = 64;
    private static final ServerTimings NOTHING_SAID = ServerTimings.none("the server said nothing");

    /** The count of chunks: published to other threads without holding up this one. */
    private static final VarHandle COUNT;

    static {
        try {
            COUNT =
                    MethodHandles.lookup()
                            .findVarHandle(TraceRecorder.class, "chunkCount", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Clock clock;
    private final long intendedNanos;
    private final long intendedEpochMillis;
    private final boolean keepText;
    private final StringBuilder text = new StringBuilder(0);
    private long connected = -1;
    private long sent = -1;
    private long head = -1;
    private long firstAnswer = -1;
    private long end = -1;
    private long[] chunks;
    private int chunkCount;
    private long chars;
    private ServerTimings timings = NOTHING_SAID;
    private String finishReason = "";
    private Optional<ServerFailure> failure = Optional.empty();

    /** Starts the request now. */
    public TraceRecorder(Clock clock) {
        this(clock, clock.nanos());
    }

    /** Starts the request at an intended moment, which may be over already. */
    public TraceRecorder(Clock clock, long intendedNanos) {
        this(clock, intendedNanos, true);
    }

    /**
     * @param keepText whether the answer's text is wanted; without it no object is made for a token
     */
    public TraceRecorder(Clock clock, long intendedNanos, boolean keepText) {
        this(clock, intendedNanos, keepText, USUAL_CHUNKS);
    }

    /**
     * @param room for how many chunks there is at first, at least one
     */
    TraceRecorder(Clock clock, long intendedNanos, boolean keepText, int room) {
        this.clock = clock;
        this.keepText = keepText;
        this.chunks = new long[room];
        this.intendedNanos = intendedNanos;
        this.intendedEpochMillis =
                clock.now().toEpochMilli() - (clock.nanos() - intendedNanos) / 1_000_000;
    }

    @Override
    public void connected(long nanos) {
        connected = nanos - intendedNanos;
    }

    @Override
    public void sent(long nanos) {
        sent = nanos - intendedNanos;
    }

    @Override
    public void on(StreamEvent event) {
        long at = event.nanos() - intendedNanos;
        switch (event) {
            case StreamEvent.Headers h -> head = at;
            case StreamEvent.Token t -> answer(at, t.text());
            case StreamEvent.ToolCall c -> answer(at, c.json());
            case StreamEvent.Reasoning r -> chunk(at, r.text().length());
            case StreamEvent.Usage u -> timings = u.timings();
            case StreamEvent.End e -> {
                end = at;
                finishReason = e.finishReason();
            }
            case StreamEvent.Fault f -> {
                end = at;
                failure = Optional.of(f.failure());
            }
        }
    }

    @Override
    public boolean wantsText() {
        return keepText;
    }

    @Override
    public long fetch() {
        return chars + chunks[Math.min(chunkCount, chunks.length - 1)];
    }

    @Override
    public void chunk(long nanos, boolean reasoning, int length) {
        long at = nanos - intendedNanos;
        if (!reasoning && firstAnswer < 0) {
            firstAnswer = at;
        }
        chunk(at, length);
    }

    private void answer(long at, String piece) {
        if (firstAnswer < 0) {
            firstAnswer = at;
        }
        if (keepText && text.length() < LONGEST_TEXT) {
            text.append(piece);
        }
        chunk(at, piece.length());
    }

    private void chunk(long at, int length) {
        int n = chunkCount;
        if (n == chunks.length) {
            chunks = Arrays.copyOf(chunks, n * 2);
        }
        chunks[n] = at;
        chars += length;
        COUNT.setRelease(this, n + 1);
    }

    /** Returns how many chunks with generated text came so far; for any thread. */
    public int chunkCount() {
        return (int) COUNT.getAcquire(this);
    }

    /** Returns the answer's text, without reasoning, at most a million characters of it. */
    public String text() {
        return text.toString();
    }

    /**
     * Returns what went wrong, if anything did; to be called after the last event. Without a proper
     * end the answer was cut.
     */
    public Optional<ServerFailure> failure() {
        return end >= 0 || failure.isPresent()
                ? failure
                : Optional.of(new ServerFailure.StreamCut("no end was seen"));
    }

    /** Returns the trace; to be called after the last event. */
    public RequestTrace trace() {
        RequestTrace.Outcome outcome =
                failure()
                        .<RequestTrace.Outcome>map(
                                f -> new RequestTrace.Outcome.Failed(f.code(), f.sentence()))
                        .orElse(new RequestTrace.Outcome.Ok(finishReason));
        return new RequestTrace(
                intendedEpochMillis,
                connected,
                sent,
                head,
                chunkCount == chunks.length ? chunks : Arrays.copyOf(chunks, chunkCount),
                firstAnswer,
                end >= 0 ? end : clock.nanos() - intendedNanos,
                chars,
                timings,
                outcome);
    }
}
