package dev.stoker.http;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads one HTTP/1.1 response from bytes that arrive in pieces of any size, and hands the body on
 * without its framing and without copying it. Pure: no clock, no socket, no thread; one instance a
 * response, used by one thread.
 *
 * <p>Source: RFC 9112. Bounds: 64 KiB of head, 1 KiB a chunk-size line.
 */
public final class ResponseParser {
    private static final int LARGEST_HEAD = 64 << 10;
    private static final int LARGEST_CHUNK_LINE = 1 << 10;
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    enum State {
        HEAD,
        LENGTH_BODY,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILER,
        UNTIL_CLOSE,
        DONE
    }

    private final boolean headRequest;
    private final ResponseSink sink;
    private final @Nullable HeadMemory memory;
    private final StringBuilder line = new StringBuilder();
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private @Nullable ResponseHead head;
    private State state = State.HEAD;
    private String statusLine = "";
    private int headBytes;

    /** Of the line that is being collected. Here, so that a whole chunk needs no look at it. */
    private int lineBytes;

    private long remaining;
    private boolean headSeen;
    private boolean reusable = true;
    private ExchangeEnd.Framing framing = ExchangeEnd.Framing.NO_BODY;

    /**
     * @param method the request's method: the answer to HEAD has no body
     * @param sink takes what is read
     */
    public ResponseParser(String method, ResponseSink sink) {
        this(method, sink, null);
    }

    /**
     * @param memory of the heads that other parsers of the same thread have read
     */
    ResponseParser(String method, ResponseSink sink, @Nullable HeadMemory memory) {
        this.headRequest = method.equals("HEAD");
        this.sink = sink;
        this.memory = headRequest ? null : memory;
    }

    /**
     * Reads the next bytes.
     *
     * @param nanos the stamp of the read that brought them, handed on to the sink
     * @return how many bytes belong to this response: all of them unless the response ended within
     *     them
     */
    public int feed(byte[] buffer, int offset, int length, long nanos) throws MalformedResponse {
        int end = offset + length;
        int at =
                memory == null || isBegun()
                        ? offset
                        : knownHead(memory, buffer, offset, end, nanos);
        while (at < end && state != State.DONE) {
            switch (state) {
                case LENGTH_BODY, CHUNK_DATA -> {
                    int n = (int) Math.min(remaining, end - at);
                    sink.body(buffer, at, n, nanos);
                    at += n;
                    remaining -= n;
                    if (remaining == 0) {
                        state = state == State.LENGTH_BODY ? State.DONE : State.CHUNK_END;
                    }
                }
                case UNTIL_CLOSE -> {
                    sink.body(buffer, at, end - at, nanos);
                    at = end;
                }
                case CHUNK_SIZE -> {
                    int next = lineBytes == 0 ? wholeChunk(buffer, at, end, nanos) : at;
                    if (next == at) {
                        take(buffer[at++], nanos);
                    }
                    at = Math.max(at, next);
                }
                default -> take(buffer[at++], nanos);
            }
        }
        return at - offset;
    }

    /**
     * Reads a head that lies whole in the buffer, by the memory or into it. Returns where it ends;
     * where it began if it is not whole.
     */
    private int knownHead(HeadMemory heads, byte[] buffer, int from, int end, long nanos)
            throws MalformedResponse {
        HeadMemory.Read known = heads.match(buffer, from, end);
        if (known != null) {
            headSeen = true;
            state = known.next();
            framing = known.framing();
            remaining = known.remaining();
            reusable = known.reusable();
            sink.head(known.head(), nanos);
            return from + heads.length();
        }
        int at = from;
        while (at < end && !headSeen) {
            take(buffer[at++], nanos);
        }
        if (head != null) {
            heads.learn(
                    buffer,
                    from,
                    at,
                    new HeadMemory.Read(head, state, framing, remaining, reusable));
        }
        return at;
    }

    private void take(byte b, long nanos) throws MalformedResponse {
        if (b == '\n') {
            lineBytes = 0;
            endOfLine(nanos);
        } else {
            lineBytes++;
            collect(b);
        }
    }

    /**
     * Reads the commonest piece of a stream: a chunk that lies whole in the buffer, with a size of
     * one to six digits and nothing behind it, or the end of the body. Returns where it ends; where
     * it began for anything else, which the state machine then reads byte by byte.
     */
    private int wholeChunk(byte[] buffer, int from, int end, long nanos) {
        int at = from;
        int size = 0;
        int digit;
        while (at < end && at - from < 6 && (digit = hexDigit(buffer[at])) >= 0) {
            size = size << 4 | digit;
            at++;
        }
        int data = at + 2;
        int after = data + size;
        if (size == 0) {
            return lastChunk(buffer, from, end);
        }
        if (after + 2 > end
                || buffer[at] != '\r'
                || buffer[at + 1] != '\n'
                || buffer[after] != '\r'
                || buffer[after + 1] != '\n') {
            return from;
        }
        sink.body(buffer, data, size, nanos);
        return after + 2;
    }

    /** Reads the end of a chunked body if it lies whole in the buffer, without trailers. */
    private int lastChunk(byte[] buffer, int from, int end) {
        if (!Arrays.equals(buffer, from, Math.min(end, from + LAST.length), LAST, 0, LAST.length)) {
            return from;
        }
        state = State.DONE;
        return from + LAST.length;
    }

    private static int hexDigit(byte b) {
        if (b >= '0' && b <= '9') {
            return b - '0';
        }
        int letter = b | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }

    private void collect(byte b) throws MalformedResponse {
        headBytes++;
        int limit =
                state == State.HEAD || state == State.TRAILER ? LARGEST_HEAD : LARGEST_CHUNK_LINE;
        if ((state == State.HEAD || state == State.TRAILER ? headBytes : line.length()) > limit) {
            throw new MalformedResponse("a header of more than " + limit + " bytes");
        }
        line.append((char) (b & 0xff));
        if (statusLine.isEmpty()
                && !headSeen
                && line.length() == 5
                && !line.toString().equals("HTTP/")) {
            throw new MalformedResponse("not an HTTP answer");
        }
    }

    private void endOfLine(long nanos) throws MalformedResponse {
        int n = line.length();
        if (n > 0 && line.charAt(n - 1) == '\r') {
            line.setLength(n - 1);
        }
        switch (state) {
            case HEAD -> {
                String text = line.toString();
                line.setLength(0);
                headLine(text, nanos);
                return;
            }
            case CHUNK_SIZE -> chunkSize();
            case CHUNK_END -> {
                if (!line.isEmpty()) {
                    throw new MalformedResponse("bytes after the end of a chunk");
                }
                state = State.CHUNK_SIZE;
            }
            case TRAILER -> {
                if (line.isEmpty()) {
                    state = State.DONE;
                }
            }
            default -> throw new IllegalStateException("no line expected in " + state);
        }
        line.setLength(0);
    }

    private void headLine(String text, long nanos) throws MalformedResponse {
        if (statusLine.isEmpty()) {
            if (!text.startsWith("HTTP/1.") || text.length() < 12) {
                throw new MalformedResponse("not an HTTP/1.1 status line");
            }
            statusLine = text;
        } else if (!text.isEmpty()) {
            int colon = text.indexOf(':');
            if (colon <= 0) {
                throw new MalformedResponse("a header without a colon");
            }
            headers.add(
                    Map.entry(
                            text.substring(0, colon).strip(),
                            utf8(text.substring(colon + 1).strip())));
        } else {
            endOfHead(nanos);
        }
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private void endOfHead(long nanos) throws MalformedResponse {
        int status;
        try {
            status = Integer.parseInt(statusLine.substring(9, 12));
        } catch (NumberFormatException e) {
            throw new MalformedResponse("a status that is no number");
        }
        if (status < 100) {
            throw new MalformedResponse("a status below 100");
        }
        if (status < 200 && status != 101) {
            statusLine = "";
            headers.clear();
            return;
        }
        String reason = statusLine.length() > 13 ? statusLine.substring(13) : "";
        ResponseHead read = new ResponseHead(status, reason, headers);
        head = read;
        headSeen = true;
        headBytes = 0;
        reusable =
                statusLine.startsWith("HTTP/1.1")
                        && !read.header("Connection").orElse("").equalsIgnoreCase("close");
        chooseFraming(read, status);
        sink.head(read, nanos);
    }

    private void chooseFraming(ResponseHead head, int status) throws MalformedResponse {
        String coding = head.header("Transfer-Encoding").orElse("").toLowerCase(Locale.ROOT);
        if (headRequest || status == 204 || status == 304) {
            framing = ExchangeEnd.Framing.NO_BODY;
            state = State.DONE;
        } else if (coding.endsWith("chunked")) {
            framing = ExchangeEnd.Framing.LAST_CHUNK;
            state = State.CHUNK_SIZE;
        } else if (head.header("Content-Length").isPresent()) {
            framing = ExchangeEnd.Framing.CONTENT_LENGTH;
            remaining = length(head);
            state = remaining == 0 ? State.DONE : State.LENGTH_BODY;
        } else {
            framing = ExchangeEnd.Framing.CLOSED;
            reusable = false;
            state = State.UNTIL_CLOSE;
        }
    }

    private static long length(ResponseHead head) throws MalformedResponse {
        List<String> told =
                head.headers().stream()
                        .filter(h -> h.getKey().equalsIgnoreCase("Content-Length"))
                        .map(Map.Entry::getValue)
                        .distinct()
                        .toList();
        long length = told.size() == 1 ? number(told.getFirst(), 10) : -1;
        if (length < 0) {
            throw new MalformedResponse("a Content-Length that is no length");
        }
        return length;
    }

    /** Returns the number that the digits stand for, or −1: no signs, and at most 15 digits. */
    private static long number(String digits, int radix) {
        boolean clean =
                !digits.isEmpty()
                        && digits.length() <= 15
                        && digits.chars().allMatch(c -> Character.digit(c, radix) >= 0);
        return clean ? Long.parseLong(digits, radix) : -1;
    }

    /** Reads the size from the line without making a text of it: there is one for each token. */
    private void chunkSize() throws MalformedResponse {
        int at = afterBlanks(0);
        int first = at;
        long size = 0;
        int digit;
        while (at < line.length() && (digit = Character.digit(line.charAt(at), 16)) >= 0) {
            size = size << 4 | digit;
            at++;
        }
        int digits = at - first;
        at = afterBlanks(at);
        if (digits < 1 || digits > 15 || (at < line.length() && line.charAt(at) != ';')) {
            throw new MalformedResponse("a chunk without a size");
        }
        remaining = size;
        headBytes = 0;
        state = remaining == 0 ? State.TRAILER : State.CHUNK_DATA;
    }

    private int afterBlanks(int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    /** Looks at what the next bytes will need; the result means nothing. */
    long fetch() {
        return lineBytes + sink.fetch();
    }

    /** Returns whether the whole response was read. */
    public boolean isDone() {
        return state == State.DONE;
    }

    /** Returns whether any byte came. */
    public boolean isBegun() {
        return headSeen || headBytes > 0;
    }

    /** Returns whether the status and all headers were read. */
    public boolean headSeen() {
        return headSeen;
    }

    /** Returns whether the end of the connection is a proper end of the response. */
    public boolean mayEndByClose() {
        return state == State.UNTIL_CLOSE || state == State.DONE;
    }

    /**
     * Returns whether the connection may carry another exchange after this one; only meaningful
     * when done.
     */
    public boolean isReusable() {
        return reusable && state == State.DONE;
    }

    /** Returns what tells the end of this response; only meaningful once the head was seen. */
    public ExchangeEnd.Framing framing() {
        return framing;
    }
}
