package dev.stoker.server.openai;

import dev.stoker.json.JsonScan;
import dev.stoker.json.LineShapes;

import java.nio.charset.StandardCharsets;

/**
 * Reads the commonest events of a stream without making a tree: a chunk with text, a finish reason,
 * usage or timings. Whatever else it may be (an error, a tool call, several choices, a model
 * without a name, no JSON at all) is left to the parser. One instance a stream.
 */
final class SseChunk {
    private static final byte[] CHOICES = key("choices");
    private static final byte[] CONTENT = key("content");
    private static final byte[] DELTA = key("delta");
    private static final byte[] ERROR = key("error");
    private static final byte[] FINISH_REASON = key("finish_reason");
    private static final byte[] MESSAGE = key("message");
    private static final byte[] MODEL = key("model");
    private static final byte[] REASONING = key("reasoning");
    private static final byte[] REASONING_CONTENT = key("reasoning_content");
    private static final byte[] STOP = key("stop");
    private static final byte[] TEXT = key("text");
    private static final byte[] TIMINGS = key("timings");
    private static final byte[] TOOL_CALLS = key("tool_calls");
    private static final byte[] USAGE = key("usage");

    /** What the shapes' tags tell. */
    static final int REASONING_TAG = 1;

    static final int CHOICES_TAG = 2;

    private final JsonScan scan = new JsonScan();
    private boolean plain;
    private int choices;
    private int content;
    private int text;
    private int reasoning;
    private int reasoningContent;
    private int completion;
    private int finishes;
    private String finishReason = "";
    private final SseCounts counts = new SseCounts();
    private int texts;
    private int textFrom;
    private int textTo;
    private final LineShapes shapes;

    /**
     * @param shapes of the lines of this server's streams
     */
    SseChunk(LineShapes shapes) {
        this.shapes = shapes;
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Returns whether the event is a chunk with text, a finish reason or counts, and nothing else;
     * its lengths are then set.
     */
    boolean read(byte[] buffer, int offset, int length) {
        plain = true;
        texts = 0;
        choices = -1;
        content = -1;
        text = -1;
        reasoning = -1;
        reasoningContent = -1;
        completion = -1;
        finishes = 0;
        finishReason = "";
        counts.clear();
        scan.over(buffer, offset, length);
        for (boolean more = scan.enterObject(); more && plain; more = scan.nextKey()) {
            if (scan.keyIs(CHOICES)) {
                choices();
            } else if (scan.keyIs(MODEL)) {
                plain = scan.textChars() != 0;
            } else if (scan.keyIs(ERROR)) {
                plain = scan.skipNull();
            } else if (scan.keyIs(USAGE)) {
                plain = scan.peek() == 'n' ? scan.skipNull() : counts.usage(scan);
            } else if (scan.keyIs(TIMINGS)) {
                plain = scan.peek() == 'n' ? scan.skipNull() : counts.timings(scan);
            } else if (scan.keyIs(CONTENT)) {
                completion = once(completion);
            } else if (scan.keyIs(STOP)) {
                plain = scan.peek() == 'f';
                scan.skip();
            } else {
                scan.skip();
            }
        }
        boolean isLast = !finishReason.isEmpty() || counts.isAny();
        boolean read = plain && scan.isWhole() && isTaken(isLast);
        if (read && texts == 1 && !isLast) {
            boolean isReasoning = reasoning >= 0 || reasoningContent >= 0;
            int answer = choices < 0 ? completion : Math.max(content, text);
            if (isReasoning || answer >= 0) {
                int tag = (isReasoning ? REASONING_TAG : 0) | (hasChoices() ? CHOICES_TAG : 0);
                shapes.learn(scan, buffer, offset, length, textFrom, textTo, tag);
            }
        }
        return read;
    }

    /** The last pieces of llama-server's own form are left to the parser. */
    private boolean isTaken(boolean isLast) {
        return choices == 1
                || (choices == 0 && counts.isAny())
                || (choices == -1 && completion >= 0 && !isLast);
    }

    private void choices() {
        plain = choices < 0 && scan.peek() == '[';
        choices = 0;
        for (boolean more = plain && scan.enterArray(); more && plain; more = scan.nextValue()) {
            choices++;
            plain = choices == 1 && scan.peek() == '{';
            choice();
        }
    }

    private void choice() {
        for (boolean more = plain && scan.enterObject(); more && plain; more = scan.nextKey()) {
            if (scan.keyIs(DELTA)) {
                delta();
            } else if (scan.keyIs(TEXT)) {
                text = once(text);
            } else if (scan.keyIs(FINISH_REASON)) {
                plain = finishes++ == 0 && finish();
            } else if (scan.keyIs(MESSAGE)) {
                plain = false;
            } else {
                scan.skip();
            }
        }
    }

    private boolean finish() {
        if (scan.peek() == 'n') {
            return scan.skipNull();
        }
        finishReason = scan.asciiText();
        return true;
    }

    private void delta() {
        plain = scan.peek() == '{';
        for (boolean more = plain && scan.enterObject(); more && plain; more = scan.nextKey()) {
            if (scan.keyIs(CONTENT)) {
                content = once(content);
            } else if (scan.keyIs(REASONING)) {
                reasoning = once(reasoning);
            } else if (scan.keyIs(REASONING_CONTENT)) {
                reasoningContent = once(reasoningContent);
            } else if (scan.keyIs(TOOL_CALLS)) {
                plain = scan.skipNull();
            } else {
                scan.skip();
            }
        }
    }

    /** Reads a text; a key that comes twice is for the parser. */
    private int once(int before) {
        plain &= before < 0;
        int chars = scan.textChars();
        if (chars >= 0) {
            texts++;
            textFrom = scan.textFrom();
            textTo = scan.textTo();
        }
        return chars;
    }

    /** Returns whether it is a chunk of a chat or a completion, not of llama-server's own form. */
    boolean hasChoices() {
        return choices >= 0;
    }

    /** Returns the length of the reasoning; 0 if there is none. */
    int reasoningChars() {
        return Math.max(0, reasoning >= 0 ? reasoning : reasoningContent);
    }

    /** Returns the length of the answer's text; 0 if there is none. */
    int answerChars() {
        return Math.max(0, choices < 0 ? completion : content >= 0 ? content : text);
    }

    /** Returns the finish reason; empty if there is none. */
    String finishReason() {
        return finishReason;
    }

    /** Returns what the event counts. */
    SseCounts counts() {
        return counts;
    }
}
