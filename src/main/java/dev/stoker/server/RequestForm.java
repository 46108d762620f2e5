package dev.stoker.server;

import dev.stoker.http.HttpRequest;
import dev.stoker.json.JsonText;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request that was written once, with gaps where its texts stood: of a load test's requests only
 * the texts differ, and filling gaps is many times cheaper than writing a tree for each. What
 * stands between the gaps is written by the dialect itself, so that there is one opinion on it.
 * Immutable.
 */
final class RequestForm {
    /** What the texts are while the form is written; it stands in no field but a text. */
    private static final String MARK = "\u2060stoker-gap-";

    private static final int MOST_MESSAGES = 8;
    private static final int NONCE = -1;

    private final GenerationRequest like;
    private final HttpRequest written;

    /** What stands before each gap, and behind the last one. */
    private final byte[][] pieces;

    /** Which text each gap is for: a message's, or the nonce. */
    private final int[] texts;

    private RequestForm(GenerationRequest like, HttpRequest written, byte[][] pieces, int[] texts) {
        this.like = like;
        this.written = written;
        this.pieces = pieces;
        this.texts = texts;
    }

    /** Returns the form of such requests; empty where they have none. */
    static Optional<RequestForm> of(
            GenerationRequest request, Function<GenerationRequest, HttpRequest> dialect) {
        List<Message> messages = request.messages();
        boolean plain = messages.stream().allMatch(m -> m.images().isEmpty());
        if (request.rawPrompt().isPresent() || !plain || messages.size() > MOST_MESSAGES) {
            return Optional.empty();
        }
        List<Message> marked = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            marked.add(new Message(messages.get(i).role(), mark(i), List.of()));
        }
        GenerationRequest template = request.messages(marked);
        HttpRequest written =
                dialect.apply(request.nonce().isPresent() ? template.nonce(mark(NONCE)) : template);
        return cut(request, written);
    }

    private static String mark(int text) {
        return MARK + (char) ('A' + text + 1) + '\u2060';
    }

    private static Optional<RequestForm> cut(GenerationRequest request, HttpRequest written) {
        String body = new String(written.body(), StandardCharsets.UTF_8);
        List<byte[]> pieces = new ArrayList<>();
        List<Integer> texts = new ArrayList<>();
        int from = 0;
        for (int at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, from)) {
            int text = body.charAt(at + MARK.length()) - 'A' - 1;
            pieces.add(body.substring(from, at).getBytes(StandardCharsets.UTF_8));
            texts.add(text);
            from = at + mark(text).length();
        }
        pieces.add(body.substring(from).getBytes(StandardCharsets.UTF_8));
        int wanted = request.messages().size() + (request.nonce().isPresent() ? 1 : 0);
        if (texts.size() != wanted || texts.stream().distinct().count() != wanted) {
            return Optional.empty();
        }
        return Optional.of(
                new RequestForm(
                        request,
                        written,
                        pieces.toArray(byte[][]::new),
                        texts.stream().mapToInt(Integer::intValue).toArray()));
    }

    /** Returns whether the request differs from this form's in its texts only. */
    boolean fits(GenerationRequest r) {
        return r.rawPrompt().isEmpty()
                && r.nonce().isPresent() == like.nonce().isPresent()
                && r.model().equals(like.model())
                && r.maxTokens().equals(like.maxTokens())
                && r.seed().equals(like.seed())
                && r.temperature().equals(like.temperature())
                && r.think().equals(like.think())
                && r.answerSchema().equals(like.answerSchema())
                && r.ignoreEos() == like.ignoreEos()
                && r.runner().equals(like.runner())
                && fits(r.messages());
    }

    private boolean fits(List<Message> messages) {
        if (messages.size() != like.messages().size()) {
            return false;
        }
        for (int i = 0; i < messages.size(); i++) {
            Message m = messages.get(i);
            if (!m.role().equals(like.messages().get(i).role()) || !m.images().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Returns the request, which has to fit. */
    HttpRequest fill(GenerationRequest request) {
        byte[][] fillings = new byte[texts.length][];
        int length = pieces[texts.length].length;
        for (int i = 0; i < texts.length; i++) {
            String text =
                    texts[i] == NONCE
                            ? request.nonce().orElseThrow()
                            : request.messages().get(texts[i]).content();
            fillings[i] = JsonText.escaped(text);
            length += pieces[i].length + fillings[i].length;
        }
        byte[] body = new byte[length];
        int at = 0;
        for (int i = 0; i < texts.length; i++) {
            at = put(pieces[i], body, at);
            at = put(fillings[i], body, at);
        }
        put(pieces[texts.length], body, at);
        return written.body(body);
    }

    private static int put(byte[] from, byte[] to, int at) {
        System.arraycopy(from, 0, to, at, from.length);
        return at + from.length;
    }

    @Override
    public String toString() {
        return "RequestForm[" + written + ", gaps " + Arrays.toString(texts) + "]";
    }
}
