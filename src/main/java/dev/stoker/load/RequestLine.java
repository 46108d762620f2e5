package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.json.JsonBytes;
import dev.stoker.trace.RequestTrace;
import dev.stoker.trace.ServerTimings;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Writes the journal's line of a request, byte for byte what {@link LoadEventJson} makes of it: a
 * load test of short requests writes some ten thousands of them a second. One thread.
 */
final class RequestLine {
    private static final byte[] STEP = ascii("{\"type\":\"request\",\"step\":");
    private static final byte[] AT = ascii(",\"at\":");
    private static final byte[] STARTED = ascii(",\"trace\":{\"started\":");
    private static final byte[] CONNECTED = ascii(",\"connected\":");
    private static final byte[] SENT = ascii(",\"sent\":");
    private static final byte[] HEAD = ascii(",\"head\":");
    private static final byte[] CHUNKS = ascii(",\"chunks\":[");
    private static final byte[] FIRST_ANSWER = ascii("],\"first_answer\":");
    private static final byte[] END = ascii(",\"end\":");
    private static final byte[] CHARS = ascii(",\"chars\":");
    private static final byte[] TOTAL = ascii(",\"server\":{\"total_nanos\":");
    private static final byte[] LOAD = ascii(",\"load_nanos\":");
    private static final byte[] PROMPT_TOKENS = ascii(",\"prompt_tokens\":");
    private static final byte[] CACHED_TOKENS = ascii(",\"cached_tokens\":");
    private static final byte[] PROMPT_TIME = ascii(",\"prompt_nanos\":");
    private static final byte[] OUTPUT_TOKENS = ascii(",\"output_tokens\":");
    private static final byte[] DECODE_TIME = ascii(",\"decode_nanos\":");
    private static final byte[] OK = ascii("},\"ok\":true,\"finish\":");
    private static final byte[] FAILED = ascii("},\"ok\":false,\"failure\":");
    private static final byte[] SENTENCE = ascii(",\"sentence\":");
    private static final byte[] CLOSE = ascii("}}\n");
    private static final byte[] UNSUPPORTED = ascii("{\"unsupported\":");
    private static final byte[] NOT_READ = ascii("{\"failed\":");

    private final JsonBytes out;

    RequestLine(JsonBytes out) {
        this.out = out;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    void write(LoadEvent.RequestEnded event) {
        RequestTrace t = event.trace();
        out.raw(STEP).number(event.step()).raw(AT).number(event.at());
        out.raw(STARTED).number(t.intendedEpochMillis());
        out.raw(CONNECTED).number(t.connectedNanos());
        out.raw(SENT).number(t.sentNanos()).raw(HEAD).number(t.headNanos());
        out.raw(CHUNKS);
        chunks(t.chunkNanos());
        out.raw(FIRST_ANSWER).number(t.firstAnswerNanos());
        out.raw(END).number(t.endNanos()).raw(CHARS).number(t.chars());
        timings(t.timings());
        switch (t.outcome()) {
            case RequestTrace.Outcome.Ok ok -> out.raw(OK).text(ok.finishReason());
            case RequestTrace.Outcome.Failed failed ->
                    out.raw(FAILED).text(failed.kind()).raw(SENTENCE).text(failed.sentence());
        }
        out.raw(CLOSE);
    }

    private void chunks(long[] stamps) {
        long last = 0;
        for (int i = 0; i < stamps.length; i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.number(stamps[i] - last);
            last = stamps[i];
        }
    }

    private void timings(ServerTimings t) {
        out.raw(TOTAL);
        duration(t.total());
        out.raw(LOAD);
        duration(t.load());
        out.raw(PROMPT_TOKENS);
        count(t.promptTokens());
        out.raw(CACHED_TOKENS);
        count(t.cachedTokens());
        out.raw(PROMPT_TIME);
        duration(t.promptTime());
        out.raw(OUTPUT_TOKENS);
        count(t.outputTokens());
        out.raw(DECODE_TIME);
        duration(t.decodeTime());
    }

    private void duration(Reading<Duration> reading) {
        if (reading.isKnown()) {
            out.number(reading.value().toNanos());
        } else {
            reason(reading);
        }
    }

    private void count(Reading<Long> reading) {
        if (reading.isKnown()) {
            out.number(reading.value());
        } else {
            reason(reading);
        }
    }

    private void reason(Reading<?> reading) {
        boolean failed = reading instanceof Reading.Failed<?>;
        out.raw(failed ? NOT_READ : UNSUPPORTED).text(reading.reason()).raw('}');
    }
}
