package dev.stoker.server.ollama;

import dev.stoker.json.JsonScan;
import dev.stoker.json.LineShapes;

import java.nio.charset.StandardCharsets;

/**
 * Reads the commonest line of a stream, text and nothing else that matters, without making an
 * object. The last line, an error and a tool call are left to the parser. One instance a stream.
 */
final class OllamaChunk {
    private static final byte[] CONTENT = key("content");
    private static final byte[] DONE = key("done");
    private static final byte[] ERROR = key("error");
    private static final byte[] MESSAGE = key("message");
    private static final byte[] RESPONSE = key("response");
    private static final byte[] THINKING = key("thinking");
    private static final byte[] TOOL_CALLS = key("tool_calls");

    private final JsonScan scan = new JsonScan();
    private boolean plain;
    private boolean message;
    private int content;
    private int thinking;
    private int response;
    private int responseThinking;
    private int texts;
    private int textFrom;
    private int textTo;
    private final LineShapes shapes;

    /**
     * @param shapes of the lines of this server's streams
     */
    OllamaChunk(LineShapes shapes) {
        this.shapes = shapes;
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns whether the line is text and nothing else; its lengths are then set. */
    boolean read(byte[] buffer, int offset, int length) {
        plain = true;
        message = false;
        content = -1;
        thinking = -1;
        response = -1;
        responseThinking = -1;
        texts = 0;
        scan.over(buffer, offset, length);
        for (boolean more = scan.enterObject(); more && plain; more = scan.nextKey()) {
            if (scan.keyIs(MESSAGE)) {
                message();
            } else if (scan.keyIs(RESPONSE)) {
                response = once(response);
            } else if (scan.keyIs(THINKING)) {
                responseThinking = once(responseThinking);
            } else if (scan.keyIs(DONE)) {
                plain = scan.peek() == 'f';
                scan.skip();
            } else if (scan.keyIs(ERROR)) {
                plain = false;
            } else {
                scan.skip();
            }
        }
        boolean read = plain && scan.isWhole();
        if (read && texts == 1 && (message || response >= 0 || responseThinking >= 0)) {
            boolean isThinking = message ? thinking >= 0 : responseThinking >= 0;
            boolean counts = isThinking || (message ? content : response) >= 0;
            if (counts) {
                shapes.learn(scan, buffer, offset, length, textFrom, textTo, isThinking ? 1 : 0);
            }
        }
        return read;
    }

    private void message() {
        plain = !message && scan.peek() == '{';
        message = true;
        for (boolean more = plain && scan.enterObject(); more && plain; more = scan.nextKey()) {
            if (scan.keyIs(CONTENT)) {
                content = once(content);
            } else if (scan.keyIs(THINKING)) {
                thinking = once(thinking);
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

    /** Returns the length of the reasoning; 0 if there is none. */
    int thinkingChars() {
        return Math.max(0, message ? thinking : responseThinking);
    }

    /** Returns the length of the answer's text; 0 if there is none. */
    int answerChars() {
        return Math.max(0, message ? content : response);
    }
}
