package dev.stoker.server.state;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.HttpExchange;
import dev.stoker.http.HttpRequest;
import dev.stoker.http.Timeouts;
import dev.stoker.server.ApiKey;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerIdentity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The questions of one sample. They are asked side by side, each by a virtual thread of its own,
 * and share one limit of wall time: whoever has not answered by then counts as silent, and the
 * question is taken back. One sample, one thread.
 */
final class Session {
    private static final int LARGEST_ANSWER = 16 << 20;

    private final Clock wall;
    private final ApiKey key;
    private final long start;
    private final Duration bound;

    /**
     * @param wall the machine's own clock, also for a simulated box: limits are wall time
     */
    Session(Clock wall, ApiKey key, Duration bound) {
        this.wall = wall;
        this.key = key;
        this.bound = bound;
        this.start = wall.nanos();
    }

    private record Asked(
            Question question, CompletableFuture<Answer> answer, Cancellation cancellation) {}

    /** Asks all of these, and returns the answers in the same order. */
    List<Answer> ask(List<Question> questions) {
        return ask(questions, 1);
    }

    /**
     * Asks all of these within that share of the time that is left, so that another question can
     * follow where no answer comes.
     */
    List<Answer> ask(List<Question> questions, double share) {
        long end = wall.nanos() + (long) (left().toNanos() * share);
        List<Asked> asked = new ArrayList<>();
        for (Question question : questions) {
            Asked one = new Asked(question, new CompletableFuture<>(), new Cancellation());
            asked.add(one);
            Thread.ofVirtual()
                    .name("state " + question.request().path())
                    .start(() -> {
                        try {
                            one.answer().complete(fetch(question, end, one.cancellation()));
                        } catch (RuntimeException | Error e) {
                            one.answer().completeExceptionally(e);
                        }
                    });
        }
        return asked.stream().map(one -> await(one, end)).toList();
    }

    /** Asks one server several paths, and returns the answers by path. */
    Answers get(ServerIdentity who, List<String> paths) {
        return get(who, paths, 1);
    }

    /** Asks one server several paths within that share of the time that is left. */
    Answers get(ServerIdentity who, List<String> paths, double share) {
        List<Answer> answers =
                ask(
                        paths.stream()
                                .map(path ->
                                        new Question(
                                                who.endpoint(),
                                                who.kind(),
                                                HttpRequest.get(path),
                                                true))
                                .toList(),
                        share);
        Map<String, Answer> byPath = new HashMap<>();
        for (int i = 0; i < paths.size(); i++) {
            byPath.put(paths.get(i), answers.get(i));
        }
        return new Answers(byPath);
    }

    private Answer fetch(Question question, long end, Cancellation cancellation) {
        long asked = wall.nanos();
        Duration left = Duration.ofNanos(Math.max(0, end - asked));
        HttpAnswer http =
                left.isZero()
                        ? silent()
                        : new HttpExchange(question.endpoint(), wall)
                                .fetch(
                                        question.withKey()
                                                ? key.authorize(question.request())
                                                : question.request(),
                                        new Timeouts(left, left, left),
                                        LARGEST_ANSWER,
                                        cancellation);
        return new Answer(http, Duration.ofNanos(wall.nanos() - asked), failures(question));
    }

    /** Looking a name up has no limit of its own, and a host's addresses are tried in turn. */
    private Answer await(Asked asked, long end) {
        try {
            return asked.answer().get(Math.max(1, end - wall.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            asked.cancellation().cancel();
            return new Answer(silent(), bound, failures(asked.question()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a question broke", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            asked.cancellation().cancel();
            return new Answer(
                    new HttpAnswer(Optional.empty(), new byte[0], new ExchangeEnd.Cancelled()),
                    Duration.ZERO,
                    failures(asked.question()));
        }
    }

    private HttpAnswer silent() {
        return new HttpAnswer(Optional.empty(), new byte[0], new ExchangeEnd.Stalled(bound, false));
    }

    private Failures failures(Question question) {
        return new Failures(question.kind(), question.endpoint(), key);
    }

    /** Returns what is left of the sample's time; zero when it is over. */
    private Duration left() {
        return Duration.ofNanos(Math.max(0, bound.toNanos() - (wall.nanos() - start)));
    }
}
