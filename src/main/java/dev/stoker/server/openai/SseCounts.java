package dev.stoker.server.openai;

import dev.stoker.json.JsonScan;

import java.nio.charset.StandardCharsets;

/**
 * Reads the counts and times in the last events of a stream without making a tree: {@code usage} of
 * OpenAI's form and {@code timings} of llama-server. One instance a stream.
 */
final class SseCounts {
    private static final byte[] PROMPT_TOKENS = key("prompt_tokens");
    private static final byte[] COMPLETION_TOKENS = key("completion_tokens");
    private static final byte[] DETAILS = key("prompt_tokens_details");
    private static final byte[] CACHED_TOKENS = key("cached_tokens");
    private static final byte[] CACHE_N = key("cache_n");
    private static final byte[] PROMPT_N = key("prompt_n");
    private static final byte[] PREDICTED_N = key("predicted_n");
    private static final byte[] PROMPT_MS = key("prompt_ms");
    private static final byte[] PREDICTED_MS = key("predicted_ms");

    boolean hasUsage;
    boolean hasTimings;

    /** Counts; {@link JsonScan#NO_NUMBER} where there is none. */
    long promptTokens;

    long cachedTokens;
    long completionTokens;
    long cacheN;
    long promptN;
    long predictedN;

    /** Times; NaN where there is none. */
    double promptMillis;

    double predictedMillis;
    private int seen;

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    void clear() {
        hasUsage = false;
        hasTimings = false;
    }

    /** Returns whether either was read. */
    boolean isAny() {
        return hasUsage || hasTimings;
    }

    /** Reads the object that comes next; returns whether it can be taken. */
    boolean usage(JsonScan scan) {
        boolean plain = !hasUsage && scan.peek() == '{';
        promptTokens = JsonScan.NO_NUMBER;
        cachedTokens = JsonScan.NO_NUMBER;
        completionTokens = JsonScan.NO_NUMBER;
        seen = 0;
        for (boolean more = plain && scan.enterObject(); more && plain; more = scan.nextKey()) {
            hasUsage = true;
            if (scan.keyIs(PROMPT_TOKENS)) {
                plain = first(1);
                promptTokens = scan.wholeNumber();
            } else if (scan.keyIs(COMPLETION_TOKENS)) {
                plain = first(2);
                completionTokens = scan.wholeNumber();
            } else if (scan.keyIs(DETAILS)) {
                plain = first(4) && details(scan);
            } else {
                scan.skip();
            }
        }
        return plain && hasUsage;
    }

    private boolean details(JsonScan scan) {
        if (scan.peek() != '{') {
            scan.skip();
            return true;
        }
        boolean plain = true;
        for (boolean more = scan.enterObject(); more && plain; more = scan.nextKey()) {
            if (scan.keyIs(CACHED_TOKENS)) {
                plain = first(8);
                cachedTokens = scan.wholeNumber();
            } else {
                scan.skip();
            }
        }
        return plain;
    }

    /** Reads the object that comes next; returns whether it can be taken. */
    boolean timings(JsonScan scan) {
        boolean plain = !hasTimings && scan.peek() == '{';
        cacheN = JsonScan.NO_NUMBER;
        promptN = JsonScan.NO_NUMBER;
        predictedN = JsonScan.NO_NUMBER;
        promptMillis = Double.NaN;
        predictedMillis = Double.NaN;
        seen = 0;
        for (boolean more = plain && scan.enterObject(); more && plain; more = scan.nextKey()) {
            hasTimings = true;
            if (scan.keyIs(CACHE_N)) {
                plain = first(1);
                cacheN = scan.wholeNumber();
            } else if (scan.keyIs(PROMPT_N)) {
                plain = first(2);
                promptN = scan.wholeNumber();
            } else if (scan.keyIs(PREDICTED_N)) {
                plain = first(4);
                predictedN = scan.wholeNumber();
            } else if (scan.keyIs(PROMPT_MS)) {
                plain = first(8);
                promptMillis = scan.number();
            } else if (scan.keyIs(PREDICTED_MS)) {
                plain = first(16);
                predictedMillis = scan.number();
            } else {
                scan.skip();
            }
        }
        return plain && hasTimings;
    }

    /** A key that comes twice is for the parser. */
    private boolean first(int key) {
        boolean isFirst = (seen & key) == 0;
        seen |= key;
        return isFirst;
    }
}
