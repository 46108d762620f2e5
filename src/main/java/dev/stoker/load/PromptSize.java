package dev.stoker.load;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.http.SendStamps;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;
import dev.stoker.trace.RequestTrace;

import java.util.function.IntFunction;

/**
 * Finds out how many words make a prompt of a wanted number of tokens, template and all: by the
 * server's own tokenizer where it has one, else by what the server says it counted, with requests
 * of one output token. A word is one token nearly always, so two or three tries do.
 *
 * @param words how many words a prompt gets
 * @param tokens what the server counted for so many
 * @param byTokenizer whether a tokenizer was asked; else requests were sent
 * @param requests how many were sent to find out; they are in no figure
 */
public record PromptSize(int words, long tokens, boolean byTokenizer, int requests) {
    private static final int MOST_TRIES = 6;
    private static final int FIRST_GUESS_OF_TEMPLATE = 30;

    /**
     * Finds the number of words.
     *
     * @param wanted tokens of a whole prompt
     * @param prompts makes a request of so many words
     * @throws ServerException if the server fails
     */
    public static PromptSize find(
            InferenceServer server, long wanted, IntFunction<GenerationRequest> prompts)
            throws ServerException {
        int words = (int) Math.max(1, wanted - FIRST_GUESS_OF_TEMPLATE);
        PromptSize best = new PromptSize(words, Long.MAX_VALUE / 2, false, 0);
        int requests = 0;
        for (int i = 0; i < MOST_TRIES; i++) {
            GenerationRequest request = prompts.apply(words);
            Reading<Long> asked = server.countPromptTokens(request);
            boolean byTokenizer = asked.isKnown();
            long tokens = byTokenizer ? asked.value() : sent(server, request);
            requests += byTokenizer ? 0 : 1;
            if (Math.abs(tokens - wanted) < Math.abs(best.tokens - wanted)) {
                best = new PromptSize(words, tokens, byTokenizer, requests);
            }
            int next = (int) Math.max(1, words + wanted - tokens);
            if (tokens == wanted || next == words) {
                break;
            }
            words = next;
        }
        return new PromptSize(best.words, best.tokens, best.byTokenizer, requests);
    }

    private static long sent(InferenceServer server, GenerationRequest request)
            throws ServerException {
        TraceRecorder recorder = new TraceRecorder(server.clock());
        server.stream(request.maxTokens(1), SendStamps.NONE, recorder, Cancellation.never());
        RequestTrace trace = recorder.trace();
        if (recorder.failure().isPresent()) {
            throw new ServerException(recorder.failure().get());
        }
        if (!(trace.timings().promptTokens() instanceof Reading.Known<Long>(Long n))) {
            throw new ServerException(
                    new ServerFailure.BadAnswer(
                            200,
                            "it does not tell how many tokens a prompt has, so --prompt-tokens can"
                                    + " not be held"));
        }
        return n;
    }
}
